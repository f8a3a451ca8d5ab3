/* Several studies beside one another. */

/* The best so far of each, by how many trials were finished. */
function drawRaces(studies, chart) {
    const all = studies.flatMap(study => study.sortedValues || []);
    const sameWay = studies[0].maximize;
    all.sort((a, b) => (sameWay ? b - a : a - b));
    const end = all.length < 8 ? all[all.length - 1] : quantile(all, 0.6);
    const y = linear(padded([Math.min(all[0], end), Math.max(all[0], end)]), [chart.inner - 44, 24]);
    const frame = {left: roomFor(y.ticks(6).map(tick => number(tick))), right: chart.width - 12, top: 24, bottom: chart.inner - 44};
    const x = linear(padded([0, Math.max(...studies.map(s => s.trials.count - 1), 1)], 0.02), [frame.left, frame.right]);
    chart.axes(frame, x, y, {x: 'trial', y: `best ${studies[0].metric} so far`, xTicks: x.ticks(Math.max(2, chart.width / 110)).filter(t => t >= 0 && Number.isInteger(t))});
    const clamp = v => Math.min(Math.max(y(v), frame.top), frame.bottom);
    studies.forEach((study, s) => {
        const steps = [];
        study.bestSoFar.forEach((best, i) => {
            if (best !== null) {
                if (steps.length > 0) {
                    steps.push([x(i), steps[steps.length - 1][1]]);
                }
                steps.push([x(i), clamp(best)]);
                chart.addSpot(x(i), clamp(best), study.name, [['trial', String(i)], ['best so far', number(best, 6)]]);
            }
        });
        chart.line(steps, `curve series${s % SERIES}`);
    });
}

/* Shares of importance side by side, for parameters that any of them has. */
function importanceTable(studies) {
    const names = [...new Set(studies.flatMap(study => importanceOrder(study).map(p => study.params[p].name)))].slice(0, 24);
    const share = (study, name) => {
        const param = study.varied.find(p => p.name === name);
        return param === undefined || study.importance.share === undefined ? '' : percent(study.importance.share[param.index]);
    };
    return el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Best parameters and importance'}, el('table', {},
        el('thead', {}, el('tr', {}, el('th', {scope: 'col'}, 'parameter'), studies.flatMap(study => [el('th', {scope: 'col'}, study.name), el('th', {scope: 'col', class: 'right'}, 'share')]))),
        el('tbody', {}, names.map(name => el('tr', {}, el('td', {}, name), studies.flatMap(study => {
            const param = study.params.find(p => p.name === name);
            const best = param === undefined || study.bestNumber === null ? '' : param.show(study.trials.x[param.index][study.bestNumber]);
            return [el('td', {}, best), el('td', {class: 'right'}, share(study, name))];
        }))))));
}

function bestTable(studies, choose) {
    const names = ['study', 'best', '± over folds', 'trial', 'trials', 'failed', 'method', 'time', 'work'];
    return el('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'The studies'}, el('table', {},
        el('thead', {}, el('tr', {}, names.map((name, k) => el('th', {scope: 'col', class: k > 0 && k !== 6 ? 'right' : null}, name)))),
        el('tbody', {}, studies.map((study, s) => {
            const i = study.bestNumber;
            const cells = [i === null ? 'none' : number(study.trials.value[i], 6), i === null ? '' : number(study.trials.sem[i], 2), i === null ? '' : String(i),
                String(study.trials.count), String(study.counts.f), study.sampler, duration((study.lastFinish - study.firstStart) / 1000), duration(study.workSeconds)];
            return el('tr', {}, el('td', {}, el('i', {class: `key series${s % SERIES}`}), el('button', {type: 'button', class: 'link', onclick: () => choose(s)}, study.name)),
                cells.map((text, k) => el('td', {class: k !== 5 ? 'right' : null}, text)));
        }))));
}

/* What the corrected test says of the best trials of two studies over the same folds. */
function pairedNote(studies, report) {
    const same = studies.every(s => s.foldHash !== '' && s.foldHash === studies[0].foldHash && s.folds === studies[0].folds);
    if (!same) {
        return el('p', {class: 'muted'}, 'The folds of these studies are not the same, so that their values cannot be compared fold by fold.');
    }
    return el('p', {}, (report.pairs || []).map(pair => [el('span', {}, `${studies[pair.a].name}, trial ${studies[pair.a].bestNumber}, against ${studies[pair.b].name}, trial ${studies[pair.b].bestNumber}: `
        + `difference ${plusMinus(pair.difference, pair.sem)}, p = ${number(pair.p, 2)}. `), el('br', {})]));
}

function compareSection(studies, report, choose) {
    const isSame = studies.every(study => study.metric === studies[0].metric && study.maximize === studies[0].maximize);
    const some = studies.filter(study => study.bestNumber !== null);
    const chart = new Chart('The best so far of each study', w => (w < 500 ? 260 : 330), c => drawRaces(studies, c));
    const drawn = () => [chart.box, legend(studies.map((study, s) => [`curve series${s % SERIES}`, study.name])), pairedNote(studies, report)];
    const note = text => el('p', {class: 'muted'}, text);
    return [bestTable(studies, choose),
        !isSame ? note('They have different metrics, so that their values cannot be drawn together.')
            : some.length === 0 ? note('No trial is complete.') : drawn(),
        el('h3', {}, 'Best parameters, and their shares of the variance'), importanceTable(studies)].flat();
}
