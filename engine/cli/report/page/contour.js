/* The two strongest parameters, with what the model expects between the trials. */

function drawField(study, chart, contour, x, y, frame) {
    const [a, b] = [contour.x.length, contour.y.length];
    const edges = (scale, values, k) => {
        const at = scale(values[k]);
        const before = k === 0 ? at - (scale(values[1]) - at) / 2 : (at + scale(values[k - 1])) / 2;
        const after = k === values.length - 1 ? at + (at - scale(values[k - 1])) / 2 : (at + scale(values[k + 1])) / 2;
        return [Math.min(before, after), Math.max(before, after)];
    };
    for (let i = 0; i < a; i++) {
        const [x0, x1] = edges(x, contour.x, i).map(v => Math.min(Math.max(v, frame.left), frame.right));
        for (let j = 0; j < b; j++) {
            const [y0, y1] = edges(y, contour.y, j).map(v => Math.min(Math.max(v, frame.top), frame.bottom));
            const mean = contour.mean[i * b + j];
            if (isNumber(mean)) {
                chart.add('rect', {x: x0.toFixed(1), y: y0.toFixed(1), width: (x1 - x0 + 0.5).toFixed(1), height: (y1 - y0 + 0.5).toFixed(1), fill: colour(study.goodness(mean))});
            }
        }
    }
}

function drawContour(study, chart, p, q) {
    const [px, py] = [study.params[p], study.params[q]];
    const show = param => (param.type === 'choice' ? v => cut(param.choices[v], 12) : v => number(v, 3));
    const bottom = chart.inner - 44;
    const yAxis = paramScale(py, [bottom, 26]);
    const frame = {left: roomFor(yAxis.ticks(6).map(show(py))), right: chart.width - 16, top: 26, bottom};
    const xAxis = paramScale(px, [frame.left, frame.right]);
    const contour = study.model.contour;
    chart.axes(frame, xAxis, yAxis, {x: px.name, y: py.name, xShow: show(px), yShow: show(py), xTicks: xAxis.ticks(Math.max(2, Math.floor(chart.width / 90)))});
    if (contour) {
        drawField(study, chart, contour, xAxis, yAxis, frame);
    }
    const [x, y] = [study.trials.x[p], study.trials.x[q]];
    const shown = thinned(study.numbers.filter(i => study.hasValue(i) && isNumber(x[i]) && isNumber(y[i])), 1200, i => study.rank.get(i) < 150);
    for (const i of shown) {
        const at = [xAxis(x[i] + spread(px, i)), yAxis(y[i] + spread(py, i))];
        chart.add('circle', {class: 'sample', cx: at[0].toFixed(1), cy: at[1].toFixed(1), r: 3.2, fill: colour(study.goodness(study.trials.value[i]))});
        chart.addTrial(study, i, at[0], at[1]);
    }
    if (study.bestNumber !== null && isNumber(x[study.bestNumber]) && isNumber(y[study.bestNumber])) {
        chart.add('circle', {class: 'ring', r: 7, cx: xAxis(x[study.bestNumber] + spread(px, study.bestNumber)), cy: yAxis(y[study.bestNumber] + spread(py, study.bestNumber))});
    }
}

function contourSection(study) {
    const contour = study.model.contour;
    const [p, q] = contour ? [contour.a, contour.b] : importanceOrder(study);
    if (q === undefined) {
        return null;
    }
    const chart = new Chart(`${study.params[p].name} and ${study.params[q].name}`, w => Math.min(Math.max(w * 0.62, 280), 460), c => drawContour(study, c, p, q));
    return [chart.box, el('p', {class: 'muted'}, contour ? `The field is the mean that the model expects, all other parameters as in the best trial; it runs from ${number(extent(contour.mean)[0])} `
        + `to ${number(extent(contour.mean)[1])}, the ${study.maximize ? 'higher' : 'lower'} the brighter. ` : '',
    'Points are trials, the better the brighter; the darkest are of the worst quarter. The ring is the best.')];
}
