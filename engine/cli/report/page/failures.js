/* Why trials failed. */

function failuresSection(study) {
    if (study.counts.f === 0) {
        return [el('p', {class: 'muted'}, study.counts.p > 0 ? `No trial failed; ${plural(study.counts.p, 'trial')} lost a race over the folds and ended early.` : 'No trial failed.')];
    }
    const most = Math.max(...study.failures.map(f => f.count));
    const list = [...study.failures].sort((a, b) => b.count - a.count).map(failure => el('details', {class: 'failure'},
        el('summary', {}, el('span', {class: 'count'}, String(failure.count)),
            svg('svg', {width: 90, height: 12, viewBox: '0 0 90 12', 'aria-hidden': 'true'}, svg('rect', {class: 'failbar', width: Math.max(90 * failure.count / most, 2), height: 12, rx: 2})),
            el('span', {}, failure.reason || 'no reason was given')),
        el('p', {}, 'Trials ', failure.examples.map(({trial}, k) => [k > 0 ? ', ' : '', el('button', {type: 'button', class: 'link', onclick: () => showTrial(study, trial)}, String(trial))]),
            failure.count > failure.examples.length ? ` and ${failure.count - failure.examples.length} more` : ''),
        el('pre', {}, failure.examples[0].error)));
    return [el('p', {}, `${plural(study.counts.f, 'trial')} of ${study.trials.count.toLocaleString('en')} failed.`), list];
}
