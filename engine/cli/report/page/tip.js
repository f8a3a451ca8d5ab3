/* The small box that says what is under the pointer, and the dialog of a trial. */

/* Beside the point x, y of the window; it scrolls with the page, as its picture does. */
function showTip(x, y, title, lines) {
    const tip = document.getElementById('tip');
    tip.replaceChildren(el('strong', {}, title), ...lines.map(line => el('div', {},
        Array.isArray(line) ? [el('span', {class: 'muted'}, line[0] + ' '), line[1]] : line)));
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(x + 12, 4), window.innerWidth - box.width - 4);
    const above = y - box.height - 10;
    const top = above > 4 ? above : y + 16;
    tip.style.setProperty('left', `${Math.max(left, 4) + window.scrollX}px`);
    tip.style.setProperty('top', `${top + window.scrollY}px`);
}

function hideTip() {
    document.getElementById('tip').hidden = true;
}

function trialTip(study, i) {
    const t = study.trials;
    const lines = [[STATE_NAMES[t.state[i]], t.state[i] === 'f' ? '' : plusMinus(t.value[i], t.sem[i])]];
    const params = paramLines(study, i);
    lines.push(...params.slice(0, 10));
    if (params.length > 10) {
        lines.push(`and ${params.length - 10} parameters more`);
    }
    return [`Trial ${i}${i === study.bestNumber ? ' (the best)' : ''}`, lines];
}

function definitions(pairs) {
    return el('dl', {}, pairs.filter(pair => pair[1] !== null && pair[1] !== '')
        .map(([term, text]) => [el('dt', {}, term), el('dd', {}, text)]));
}

/* The page has the texts of the first trials of each reason. */
function errorOf(study, i) {
    const example = study.failures.flatMap(failure => failure.examples).find(({trial}) => trial === i);
    return example === undefined ? `hone show ${shellWord(study.name)} ${i}${study.inDatabase} tells it` : example.error;
}

function trialContent(study, i) {
    const t = study.trials;
    const folds = study.foldValues(i).map(v => number(v, 6));
    const rank = study.rank.get(i);
    const predicted = isNumber(t.mean[i]) ? plusMinus(t.mean[i], t.sd[i]) : null;
    const error = t.state[i] === 'f' ? errorOf(study, i) : null;
    return [
        definitions([
            ['state', STATE_NAMES[t.state[i]]],
            [study.metric, plusMinus(t.value[i], t.sem[i])],
            ['rank', rank === undefined ? null : `${rank + 1} of ${study.ties.complete}`],
            ['folds', folds.length > 0 ? folds.join('  ') : null],
            ['proposed by', t.parts[t.part[i]]],
            ['predicted', predicted],
            ['why', t.why[i] || null],
            ['began', moment(isNumber(t.start[i]) ? study.created + t.start[i] : null)],
            ['work', duration(t.seconds[i])],
        ]),
        el('h3', {}, 'Parameters'), definitions(paramLines(study, i)),
        error === null ? null : [el('h3', {}, 'Error'), el('pre', {}, error)],
    ];
}

/* A dialog of its own for one trial, with its neighbours at hand. */
function showTrial(study, i) {
    const dialog = document.getElementById('trial');
    const go = to => (to >= 0 && to < study.trials.count ? () => showTrial(study, to) : null);
    const step = (label, to) => el('button', {type: 'button', disabled: go(to) === null, onclick: go(to) || hideTip}, label);
    hideTip();
    dialog.replaceChildren(
        el('header', {}, el('h2', {}, `Trial ${i}${i === study.bestNumber ? ' · the best' : ''}`),
            el('span', {}, step('‹ Previous', i - 1), step('Next ›', i + 1),
                el('button', {type: 'button', autofocus: true, onclick: () => dialog.close()}, 'Close'))),
        ...[trialContent(study, i)].flat().filter(node => node !== null).flat());
    if (!dialog.open) {
        dialog.showModal();
    }
}
