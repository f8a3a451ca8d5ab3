/* The top trials with their folds, and which of them are tied with the best. */

const TOP_TRIALS = 15;
const TIE_ROW = 26;

/* [least, first quartile, median, third quartile, most] */
function fiveNumbers(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return [0, 0.25, 0.5, 0.75, 1].map(q => quantile(sorted, q));
}

function drawBox(chart, values, x, y, className) {
    const [least, first, median, third, most] = fiveNumbers(values).map(x);
    chart.add('path', {class: 'whisker', d: `M${least} ${y}H${first}M${third} ${y}H${most}`});
    chart.add('rect', {class: `box ${className}`, x: Math.min(first, third), y: y - 7, width: Math.max(Math.abs(third - first), 1), height: 14});
    chart.add('path', {class: 'median', d: `M${median} ${y - 7}v14`});
    values.forEach(v => chart.add('circle', {class: 'foldpoint', cx: x(v), cy: y, r: 2}));
}

function drawTies(study, chart) {
    const top = study.ties.number.slice(0, TOP_TRIALS);
    const values = top.map(i => (study.folds > 1 ? study.foldValues(i).filter(isNumber) : [study.trials.value[i]]));
    const wide = chart.width >= 560;
    const frame = {left: 64, right: chart.width - (wide ? 150 : 58), top: 26, bottom: 26 + TIE_ROW * top.length};
    const x = linear(padded(extent(values.flat()), 0.04), [frame.left, frame.right]);
    x.ticks(Math.max(2, Math.floor((frame.right - frame.left) / 90))).forEach(tick => {
        chart.add('line', {class: 'grid', x1: x(tick), x2: x(tick), y1: frame.top - 4, y2: frame.bottom});
        chart.text(x(tick), frame.bottom + 16, number(tick), {class: 'tick', 'text-anchor': 'middle'});
    });
    chart.text(frame.left - 8, 14, 'trial', {class: 'name', 'text-anchor': 'end'});
    if (study.folds > 1) {
        chart.text(frame.right + 12, 14, wide ? 'against the best' : 'p', {class: 'name'});
    }
    top.forEach((i, row) => {
        const y = frame.top + TIE_ROW * row + TIE_ROW / 2;
        const tied = study.ties.isTied[row];
        chart.text(frame.left - 8, y + 4, String(i), {class: row === 0 ? 'label strong' : 'label', 'text-anchor': 'end'});
        drawBox(chart, values[row], x, y, tied ? 'tied' : 'other');
        chart.add('path', {class: 'mean', d: `M${x(study.trials.value[i])} ${y - 9}v18`});
        chart.addTrial(study, i, x(study.trials.value[i]), y);
        if (study.folds > 1) {
            const p = study.ties.p[row];
            const said = isNumber(p) ? `p = ${number(p, 2)}` : '';
            chart.text(frame.right + 12, y + 4, row === 0 ? (i === study.bestNumber ? 'the best' : 'best value') : wide ? `${tied ? 'tied' : 'worse'}${said ? `, ${said}` : ''}` : (isNumber(p) ? number(p, 2) : ''), {class: 'label'});
        }
    });
}

function tiesSentence(study) {
    const others = study.ties.tied - 1;
    if (study.folds < 2) {
        return 'A trial has one run only, so that nothing can be said of chance.';
    }
    const first = study.ties.number[0];
    const named = `trial ${first}${first === study.bestNumber ? '' : ', which has the best value,'}`;
    const test = `the corrected resampled t-test (Nadeau, Bengio 2003) over the ${study.folds} folds`;
    return others === 0 ? `No other trial is tied with ${named}: ${test} tells all from it at p < ${study.ties.level}.`
        : `${others === 1 ? 'One other trial is' : `${others.toLocaleString('en')} other trials are`} tied with ${named}: `
            + `${test} does not tell ${others === 1 ? 'it' : 'them'} apart at p < ${study.ties.level}.`;
}

function tiesSection(study) {
    if (study.bestNumber === null) {
        return [el('p', {class: 'muted'}, 'No trial is complete.')];
    }
    const rows = Math.min(TOP_TRIALS, study.ties.complete);
    const chart = new Chart('Values over the folds of the top trials', 26 + TIE_ROW * rows + 26, c => drawTies(study, c));
    return [el('p', {}, tiesSentence(study)), chart.box, study.folds < 2 ? null : legend([['box tied', 'folds of a tied trial: quartiles and median'],
        ['box other', 'worse'], ['mean', 'mean over the folds']])];
}
