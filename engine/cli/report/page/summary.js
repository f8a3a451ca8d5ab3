/* What was found, in one look. */

function tile(title, value, ...notes) {
    return el('div', {class: 'tile'}, el('h3', {}, title), el('p', {class: 'big'}, value),
        notes.filter(note => note).map(note => el('p', {class: 'muted'}, note)));
}

/* A better value than that of the recommended trial, which the model takes for chance. */
function luckierNote(study) {
    const i = study.ties.number[0];
    return i === study.bestNumber ? ''
        : [el('button', {type: 'button', class: 'link', onclick: () => showTrial(study, i)}, `trial ${i}`),
            ` was luckier: ${plusMinus(study.trials.value[i], study.trials.sem[i])}, which the model takes for chance`];
}

function bestTile(study) {
    const i = study.bestNumber;
    return tile(`Best ${study.metric}`, plusMinus(study.trials.value[i], study.trials.sem[i]),
        [el('button', {type: 'button', class: 'link', onclick: () => showTrial(study, i)}, `trial ${i}`),
            ` of ${study.trials.count.toLocaleString('en')}, ${study.direction}`,
            isNumber(study.trials.sem[i]) ? `, ± one standard error over ${study.folds} folds` : ''], luckierNote(study));
}

function gainTile(study) {
    if (study.defaults === null) {
        return tile('Gain over the defaults', 'not known', 'the defaults were not among the trials, or did not complete');
    }
    if (study.defaults === study.bestNumber) {
        return tile('Gain over the defaults', 'none', 'the defaults are the best trial');
    }
    const gain = study.best.gain;
    const sure = !isNumber(gain.p) ? '' : gain.p < study.ties.level ? `p = ${number(gain.p, 2)} in a paired test over the folds`
        : `not to be told from chance over the folds (p = ${number(gain.p, 2)})`;
    return tile('Gain over the defaults', isNumber(gain.sem) ? `${number(gain.difference, 4)} ± ${number(gain.sem, 2)}` : number(gain.difference, 4),
        `trial ${study.defaults}: ${number(study.trials.value[study.defaults], 6)}`, sure);
}

function tiedTile(study) {
    const others = study.ties.tied - 1;
    return study.folds < 2 ? null
        : tile('Tied with the best', others === 0 ? 'none' : plural(others, 'trial'),
            others === 0 ? 'no other is as good over the folds' : 'that the folds cannot tell from it');
}

function trialsTile(study) {
    const states = ['c', 'p', 'f', 'r', 'w'].filter(s => study.counts[s] > 0)
        .map(s => `${study.counts[s].toLocaleString('en')} ${STATE_NAMES[s]}`);
    const budget = study.budget === null ? '' : `budget ${study.budget.toLocaleString('en')}`;
    return tile('Trials', study.trials.count.toLocaleString('en'), states.join(', '),
        [`proposed by ${study.sampler}`, budget].filter(text => text).join(', '));
}

function timeTile(study) {
    const wall = (study.lastFinish - study.firstStart) / 1000;
    return tile('Time', duration(wall), `work ${duration(study.workSeconds)}`,
        study.running ? 'the search is still running' : `ended ${moment(study.created + study.lastFinish)}`);
}

/* The parameters in three ways, one at a time. */
function parameterBox(study) {
    const texts = {YAML: study.best.yaml, JSON: study.best.json, Arguments: study.best.args};
    const holder = el('div', {});
    const buttons = Object.keys(texts).map(name => el('button', {type: 'button', role: 'tab', onclick: () => choose(name)}, name));
    const choose = name => {
        buttons.forEach(button => button.setAttribute('aria-selected', button.textContent === name));
        holder.replaceChildren(copyBox(texts[name].trimEnd(), `Best parameters as ${name}`));
    };
    choose('YAML');
    return el('div', {class: 'best'}, el('div', {class: 'row'}, el('h3', {}, 'Best parameters'),
        el('div', {role: 'tablist', class: 'tabs'}, buttons)), holder);
}

/* Values that are told come from another program, which goes on. */
function resumeBox(study) {
    if (study.told) {
        return null;
    }
    return el('div', {class: 'best'}, el('h3', {}, 'Go on'),
        copyBox(`hone resume ${shellWord(study.name)}${study.inDatabase} --trials +20`, 'The command that goes on with the search'));
}

function metricsLine(study) {
    return study.best.metrics.length < 2 ? null : el('p', {class: 'muted'}, 'All metrics of the best trial: ',
        study.best.metrics.map(([name, value]) => `${name} ${number(value, 6)}`).join(', '));
}

function summarySection(study) {
    if (study.bestNumber === null) {
        return [el('p', {}, `No trial of this study is complete: ${plural(study.trials.count, 'trial')} so far.`),
            el('div', {class: 'tiles'}, trialsTile(study), timeTile(study)), resumeBox(study)];
    }
    return [
        el('div', {class: 'tiles'}, bestTile(study), gainTile(study), tiedTile(study), trialsTile(study), timeTile(study)),
        metricsLine(study),
        el('div', {class: 'two'}, parameterBox(study), resumeBox(study)),
    ];
}
