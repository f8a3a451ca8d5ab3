/* Each parameter against the value, with what the model expects along it when all
 * others stay as in the best trial. */

const SLICE_POINTS = 1500;

function sliceFrame(study, chart, y) {
    return {left: roomFor(y.ticks(4).map(tick => number(tick))), right: chart.width - 10, top: 26, bottom: chart.inner - 34};
}

/* The mean as a line with its band; for choices a dot with its whisker each. */
function drawBelief(chart, param, slice, x, y, frame) {
    const clamp = v => Math.min(Math.max(y(v), frame.top), frame.bottom);
    if (param.type === 'choice') {
        slice.x.forEach((value, k) => {
            chart.add('line', {class: 'band', x1: x(value), x2: x(value), y1: clamp(slice.low[k]), y2: clamp(slice.high[k]), 'stroke-width': 9});
            chart.add('line', {class: 'belief', x1: x(value) - 8, x2: x(value) + 8, y1: clamp(slice.mean[k]), y2: clamp(slice.mean[k])});
        });
        return;
    }
    const there = slice.x.map((value, k) => `${x(value).toFixed(1)} ${clamp(slice.high[k]).toFixed(1)}`);
    const back = slice.x.map((value, k) => `${x(value).toFixed(1)} ${clamp(slice.low[k]).toFixed(1)}`).reverse();
    chart.add('path', {class: 'bandarea', d: `M${there.concat(back).join('L')}z`});
    chart.line(slice.x.map((value, k) => [x(value), clamp(slice.mean[k])]), 'belief');
}

/* Between neighbours of a choice points are spread, each always to the same place. */
function spread(param, i) {
    return param.type === 'choice' ? ((i * 0.618034) % 1 - 0.5) * 0.5 : 0;
}

/* [choice, text, row]: names that do not fit beside one another stand in two rows, and
 * of very many some are left out. */
function choiceNames(param, frame) {
    const count = param.choices.length;
    const room = (frame.right - frame.left) / count / 6.2;
    const rows = param.choices.every(text => text.length <= room) ? 1 : 2;
    const most = Math.max(Math.floor(room * rows) - 1, 4);
    const each = Math.max(1, Math.ceil(4 / (room * rows)));
    return range(count).filter(k => k % each === 0).map(k => [k, cut(param.choices[k], most), (k / each) % rows]);
}

function drawSlice(study, param, chart) {
    const y = valueScale(study, false, [chart.inner - 34, 26]);
    const frame = sliceFrame(study, chart, y);
    const x = paramScale(param, [frame.left + 4, frame.right - 4]);
    const names = param.type === 'choice' ? choiceNames(param, frame) : null;
    chart.axes(frame, x, y, {yTicks: y.ticks(4), xShow: names === null ? v => number(v, 3) : () => '',
        xTicks: x.ticks(Math.max(2, Math.floor((frame.right - frame.left) / 62)))});
    if (names !== null) {
        names.forEach(([k, text, row]) => chart.text(x(k), frame.bottom + 15 + 12 * row, text, {class: 'tick', 'text-anchor': 'middle'}));
    }
    chart.text(frame.left, 14, cut(param.name, Math.floor(chart.width / 8)), {class: 'title'});
    const column = study.trials.x[param.index];
    const shown = thinned(study.numbers.filter(i => study.hasValue(i) && isNumber(column[i])), SLICE_POINTS, i => study.rank.get(i) < 200);
    const slice = study.model.slices === undefined ? null : study.model.slices[param.index];
    if (slice) {
        drawBelief(chart, param, slice, x, y, frame);
    }
    const groups = {complete: [], pruned: []};
    for (const i of shown) {
        const at = [x(column[i] + spread(param, i)), y(study.trials.value[i])];
        if (at[1] <= frame.bottom + 1 && at[1] >= frame.top - 1) {
            groups[STATE_NAMES[study.trials.state[i]]].push(at);
            chart.addTrial(study, i, at[0], at[1]);
        }
    }
    const size = shown.length > 400 ? 2.5 : 4.5;
    chart.dots(groups.pruned, 'pruned', size);
    chart.dots(groups.complete, 'complete', size);
    if (study.bestNumber !== null && isNumber(column[study.bestNumber])) {
        const value = column[study.bestNumber];
        chart.add('circle', {class: 'ring', r: 5, cx: x(value + spread(param, study.bestNumber)), cy: y(study.trials.value[study.bestNumber])});
    }
}

function slicesSection(study) {
    const order = importanceOrder(study).slice(0, 30);
    const charts = order.map(p => new Chart(`${study.params[p].name} against ${study.metric}`, 204, c => drawSlice(study, study.params[p], c)));
    const missing = study.model.missing;
    return [
        el('div', {class: 'multiples'}, charts.map(chart => chart.box)),
        legend([['complete', 'complete'], ...(study.counts.p > 0 ? [['pruned', 'pruned']] : []), ['ring', 'the best'],
            ...(missing === undefined ? [['belief', 'expected by the Gaussian process'], ['bandarea', '90 % band']] : [])]),
        el('p', {class: 'muted'}, missing === undefined
            ? 'The line is what the model expects of the mean over folds when all other parameters stay as in the best trial; '
                + 'trials lie off it because theirs did not. ' : `There is no model to lay over the trials: ${missing}. `,
        'Values worse than most are beyond these pictures.'
            + (study.varied.length > order.length ? ` The ${order.length} most important of ${study.varied.length} parameters are shown.` : '')),
    ];
}
