/* Which parameters matter: their shares of the variance, with intervals, and the
 * model's length scales. */

function importanceOrder(study) {
    const found = study.importance;
    return study.varied.map(p => p.index).sort((a, b) =>
        (found.share === undefined ? a - b : found.share[b] - found.share[a]));
}

function lengthOf(study, p) {
    return study.model.lengths === undefined || !isNumber(study.model.lengths[p]) ? null : study.model.lengths[p];
}

function drawImportance(study, chart) {
    const found = study.importance;
    const order = importanceOrder(study);
    const names = order.map(p => cut(study.params[p].name, chart.width < 500 ? 14 : 28));
    const hasLengths = study.model.lengths !== undefined;
    const right = chart.width - (hasLengths ? 152 : 66);
    const frame = {left: roomFor(names), right: Math.max(right, roomFor(names) + 40), top: 26, bottom: 26 + 26 * order.length};
    const x = linear([0, Math.max(0.1, ...order.map(p => found.high[p]))], [frame.left, frame.right]);
    const low = x(0);
    chart.text(frame.right + 48, 14, 'share', {class: 'name', 'text-anchor': 'end'});
    if (hasLengths) {
        chart.text(chart.width - 4, 14, 'length scale', {class: 'name', 'text-anchor': 'end'});
    }
    x.ticks(Math.max(2, (frame.right - frame.left) / 90)).forEach(tick => {
        chart.add('line', {class: 'grid', x1: x(tick), x2: x(tick), y1: frame.top - 6, y2: frame.bottom});
        chart.text(x(tick), frame.bottom + 16, percent(tick), {class: 'tick', 'text-anchor': 'middle'});
    });
    order.forEach((p, row) => {
        const y = frame.top + 26 * row + 13;
        chart.text(frame.left - 8, y + 4, names[row], {class: 'label', 'text-anchor': 'end'});
        chart.add('rect', {class: 'bar', x: low, y: y - 8, height: 16, width: Math.max(x(found.share[p]) - low, 1)});
        chart.add('path', {class: 'whisker thin', d: `M${x(found.low[p])} ${y}H${x(found.high[p])}M${x(found.low[p])} ${y - 4}v8M${x(found.high[p])} ${y - 4}v8`});
        chart.text(frame.right + 48, y + 4, percent(found.share[p]), {class: 'label strong', 'text-anchor': 'end'});
        const length = lengthOf(study, p);
        if (hasLengths && length !== null) {
            chart.text(chart.width - 4, y + 4, number(length, 2), {class: 'label', 'text-anchor': 'end'});
        }
        chart.addSpot(x(found.share[p]), y, study.params[p].name, [
            ['share of the variance', percent(found.share[p])],
            ['90 % interval', `${percent(found.low[p])} to ${percent(found.high[p])}`],
            ['active in', `${percent(found.active[p])} of the trials`],
            ...(length === null ? [] : [['length scale', number(length, 3)]])]);
    });
}

function importanceSection(study) {
    const found = study.importance;
    if (found.missing !== undefined) {
        return [el('p', {class: 'muted'}, `It cannot be told: ${found.missing}.`)];
    }
    const rows = study.varied.length;
    const chart = new Chart('Share of the variance that each parameter explains', 26 * rows + 48, c => drawImportance(study, c));
    const conditional = study.varied.some(p => p.when !== undefined);
    return [chart.box,
        el('p', {class: 'muted'}, `Functional ANOVA over a forest of regression trees, from ${plural(found.trials, 'trial')}; `
            + `the whiskers are 90 % intervals. The rest, ${percent(found.rest)}, is what parameters do together, noise, and what the forest misses: `
            + `it explains ${percent(Math.max(found.explained, 0))} of the variance of trials that its trees had not seen`
            + (found.explained < 0.3 ? ', so this picture is a rough one.' : '.')
            + (conditional ? ' A conditional parameter counts as often as it is active.' : '')),
        study.model.lengths === undefined ? null : el('p', {class: 'muted'}, 'Length scale: how far one must go along the '
            + 'parameter, as a part of its range, until the Gaussian process expects another value; short ones matter.')];
}
