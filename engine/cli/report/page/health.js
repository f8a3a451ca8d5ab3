/* How good the model's predictions are: of trials left out, and at proposal time. */

const NORMAL_90 = 1.645;

/* points: [{i, said, low, high, was}] */
function drawPredictions(study, chart, points) {
    const values = points.flatMap(point => [point.was, point.said]).sort((a, b) => (study.maximize ? b - a : a - b));
    const end = values.length < 8 ? values[values.length - 1] : quantile(values, 0.85);
    const ends = padded([Math.min(values[0], end), Math.max(values[0], end)]);
    const bottom = chart.inner - 44;
    const y = linear(ends, [bottom, 26]);
    const frame = {left: roomFor(y.ticks(6).map(tick => number(tick))), right: chart.width - 14, top: 26, bottom};
    const x = linear(ends, [frame.left, frame.right]);
    const inside = v => Math.min(Math.max(v, ends[0]), ends[1]);
    chart.axes(frame, x, y, {x: 'predicted', y: 'observed', xTicks: x.ticks(Math.max(2, Math.floor(chart.width / 110)))});
    chart.line([[x(ends[0]), y(ends[0])], [x(ends[1]), y(ends[1])]], 'diagonal');
    const places = [];
    for (const point of thinned(points, 500, () => false)) {
        const at = [x(inside(point.said)), y(inside(point.was))];
        if (isNumber(point.low) && isNumber(point.high)) {
            chart.add('path', {class: 'reach', d: `M${x(inside(point.low)).toFixed(1)} ${at[1].toFixed(1)}H${x(inside(point.high)).toFixed(1)}`});
        }
        places.push(at);
        chart.spots.push({x: at[0], y: at[1], open: () => showTrial(study, point.i), tip: () => [`Trial ${point.i}`,
            [['predicted', number(point.said)], ['90 % interval', `${number(point.low)} to ${number(point.high)}`], ['observed', number(point.was)]]]});
    }
    chart.dots(places, 'complete', 4.5);
}

/* Spearman's correlation of what was said and what was. */
function rankCorrelation(points) {
    const ranks = values => {
        const order = values.map((_, k) => k).sort((a, b) => values[a] - values[b]);
        const rank = [];
        order.forEach((k, r) => { rank[k] = r; });
        return rank;
    };
    const [a, b] = [ranks(points.map(p => p.said)), ranks(points.map(p => p.was))];
    const mean = (points.length - 1) / 2;
    const sum = f => range(points.length).reduce((total, k) => total + f(k), 0);
    return sum(k => (a[k] - mean) * (b[k] - mean)) / (sum(k => (a[k] - mean) ** 2) || 1);
}

function panel(study, title, points, note) {
    const within = points.filter(p => p.was >= Math.min(p.low, p.high) && p.was <= Math.max(p.low, p.high)).length;
    const chart = new Chart(`${title}: predicted against observed`, w => Math.min(Math.max(w * 0.75, 260), 380), c => drawPredictions(study, c, points));
    return el('div', {}, el('h3', {}, title), chart.box, el('p', {class: 'muted'},
        `${percent(within / points.length)} of ${plural(points.length, 'value')} lie within their 90 % intervals; rank correlation ${number(rankCorrelation(points), 2)}. ${note}`));
}

function leftOutPoints(study) {
    const left = study.model.leftOut;
    return left === undefined ? [] : left.number.map((i, k) => ({i, said: left.mean[k], low: left.low[k], high: left.high[k], was: study.trials.value[i]}))
        .filter(point => isNumber(point.was));
}

/* What was said of the mean over folds, before it was known. */
function proposalPoints(study) {
    const t = study.trials;
    return study.numbers.filter(i => study.isComplete(i) && isNumber(t.mean[i]) && isNumber(t.value[i])).map(i => {
        const sem = isNumber(t.sem[i]) ? t.sem[i] : 0;
        const reach = NORMAL_90 * Math.hypot(t.sd[i] || 0, sem);
        return {i, said: t.mean[i], low: t.mean[i] - reach, high: t.mean[i] + reach, was: t.value[i]};
    });
}

function healthSection(study) {
    const left = leftOutPoints(study);
    const proposed = proposalPoints(study);
    const panels = [
        left.length < 3 ? null : panel(study, 'Left out one by one', left, 'The model of the whole history, asked for each trial as if it had not seen it.'),
        proposed.length < 3 ? null : panel(study, 'At proposal time', proposed, 'What was expected of each trial when it was proposed; the interval has the standard error of the folds in it.'),
    ].filter(node => node !== null);
    if (panels.length === 0) {
        return [el('p', {class: 'muted'}, study.model.missing !== undefined ? `There is no model: ${study.model.missing}.` : 'Too little was predicted.')];
    }
    return [el('div', {class: 'two'}, panels)];
}
