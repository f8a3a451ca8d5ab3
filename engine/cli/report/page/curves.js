/* Learning curves of the top trials: the mean over their folds, the folds behind. */

const SERIES = 8; /* colours in the style sheet */

class Curves {
    constructor(study, numbers) {
        this.study = study;
        this.numbers = numbers;
        this.which = 3; /* of [fold, epochs, training, validation] */
        this.told = !numbers.some(i => study.curves[i].folds.some(fold => fold[2].some(isNumber)));
        this.x = this.told ? 'step' : 'epoch';
        this.chart = new Chart(`${this.told ? 'Value' : 'Loss'} by ${this.x} of the top trials`, w => (w < 500 ? 260 : 330), chart => this.draw(chart));
    }

    /* Mean over the folds by epoch, where all of those that go on have a number. */
    mean(folds) {
        const sums = new Map();
        for (const fold of folds) {
            fold[1].forEach((epoch, k) => {
                const value = fold[this.which][k];
                if (isNumber(value)) {
                    const sum = sums.get(epoch) || [0, 0];
                    sums.set(epoch, [sum[0] + value, sum[1] + 1]);
                }
            });
        }
        return [...sums].sort((a, b) => a[0] - b[0]).filter(([, sum]) => sum[1] * 2 > folds.length).map(([epoch, sum]) => [epoch, sum[0] / sum[1]]);
    }

    what() {
        return this.told ? this.study.metric : this.which === 3 ? 'validation loss' : 'training loss';
    }

    draw(chart) {
        const all = this.numbers.map(i => this.study.curves[i].folds);
        const losses = all.flat().flatMap(fold => fold[this.which]).filter(isNumber).sort((a, b) => a - b);
        if (losses.length === 0) {
            chart.text(16, 40, 'There is no such loss.', {class: 'muted'});
            return;
        }
        const range = [losses[0], quantile(losses, 0.97)];
        const isLog = range[0] > 0 && range[1] / range[0] > 20;
        const make = isLog ? logarithmic : linear;
        const y = make(isLog ? [range[0] * 0.9, range[1] * 1.1] : padded(range), [chart.inner - 44, 24]);
        const frame = {left: roomFor(y.ticks(6).map(tick => number(tick))), right: chart.width - 12, top: 24, bottom: chart.inner - 44};
        const x = linear(padded(extent(all.flat().flatMap(fold => fold[1])), 0.02), [frame.left, frame.right]);
        chart.axes(frame, x, y, {x: this.x, y: this.what(),
            xTicks: x.ticks(Math.max(2, chart.width / 90)).filter(tick => Number.isInteger(tick) && tick > 0)});
        const clamp = v => Math.min(Math.max(y(v), frame.top), frame.bottom);
        all.forEach((folds, s) => folds.forEach(fold => chart.line(fold[1].map((e, k) => [x(e), isNumber(fold[this.which][k]) ? clamp(fold[this.which][k]) : null]), `faint series${s % SERIES}`)));
        all.forEach((folds, s) => {
            const mean = this.mean(folds);
            chart.line(mean.map(([e, v]) => [x(e), clamp(v)]), `curve series${s % SERIES}`);
            mean.forEach(([e, v]) => chart.spots.push({x: x(e), y: clamp(v), open: () => showTrial(this.study, this.numbers[s]),
                tip: () => [`Trial ${this.numbers[s]}`, [[this.x, String(e)], [this.told ? 'mean value' : 'mean loss', number(v, 5)]]]}));
        });
    }
}

function curvesSection(study) {
    const numbers = study.ties.number.filter(i => study.curves[i] !== undefined && study.curves[i].folds !== undefined).slice(0, SERIES);
    if (numbers.length === 0) {
        return null;
    }
    const curves = new Curves(study, numbers);
    const hasValid = numbers.some(i => study.curves[i].folds.some(fold => fold[3].some(isNumber)));
    curves.which = hasValid ? 3 : 2;
    const redraw = which => () => { curves.which = which; curves.chart.update(true); };
    return [
        hasValid && !curves.told ? el('div', {class: 'row'}, choice('Loss', [['Validation loss', redraw(3)], ['Training loss', redraw(2)]])) : null,
        curves.chart.box,
        legend(numbers.map((i, s) => [`curve series${s}`, `trial ${i}`])),
    ];
}
