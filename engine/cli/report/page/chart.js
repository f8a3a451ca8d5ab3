/* A picture that is drawn for the width it has, and again when that changes. What is
 * drawn tells which points can be pointed at: with the mouse, a finger, or the arrow
 * keys. */

const CHART_FONT = 12;
const pictures = new Set(); /* all that may have to be drawn again */

/* {x, y, i} nearest to a place, none farther than 24 pixels. */
function nearest(spots, x, y) {
    let best = null;
    let least = 24 * 24;
    for (const spot of spots) {
        const d = (spot.x - x) ** 2 + (spot.y - y) ** 2;
        if (d < least) {
            least = d;
            best = spot;
        }
    }
    return best;
}

class Chart {
    /* draw(chart) fills chart.root for chart.width; label says what is shown. */
    constructor(label, height, draw, options = {}) {
        this.label = label;
        this.height = height;
        this.draw = draw;
        this.options = options;
        this.spots = [];
        this.at = -1;
        this.box = el('div', {class: 'chart'});
        pictures.add(this);
    }

    /* Draws when the width is another than last time, or when told. */
    update(force) {
        const width = Math.floor(this.box.clientWidth);
        if (width < 40 || (!force && width === this.width)) {
            return;
        }
        this.width = width;
        this.spots = [];
        this.at = -1;
        const height = typeof this.height === 'function' ? this.height(width) : this.height;
        this.root = svg('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': this.label});
        this.inner = height;
        this.draw(this);
        this.mark = svg('circle', {class: 'mark', r: 6, visibility: 'hidden'});
        this.root.append(this.mark);
        if (this.spots.length > 0) {
            this.listen();
        }
        this.box.replaceChildren(this.root);
    }

    listen() {
        this.root.setAttribute('tabindex', '0');
        this.root.addEventListener('pointermove', event => this.point(event));
        this.root.addEventListener('pointerleave', () => this.leave());
        this.root.addEventListener('blur', () => this.leave());
        this.root.addEventListener('click', event => { this.point(event); this.open(); });
        this.root.addEventListener('keydown', event => this.key(event));
    }

    point(event) {
        const box = this.root.getBoundingClientRect();
        const scale = this.width / box.width;
        this.show(nearest(this.spots, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale));
    }

    show(spot) {
        this.now = spot;
        if (spot === null) {
            this.leave();
            return;
        }
        const box = this.root.getBoundingClientRect();
        const scale = box.width / this.width;
        this.mark.setAttribute('cx', spot.x);
        this.mark.setAttribute('cy', spot.y);
        this.mark.setAttribute('visibility', 'visible');
        showTip(box.left + spot.x * scale, box.top + spot.y * scale, ...spot.tip());
    }

    leave() {
        this.now = null;
        this.mark.setAttribute('visibility', 'hidden');
        hideTip();
    }

    open() {
        if (this.now && this.now.open) {
            this.now.open();
        }
    }

    key(event) {
        const step = {ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10}[event.key];
        if (step !== undefined) {
            if (this.at < 0) {
                this.spots.sort((a, b) => a.x - b.x);
            }
            this.at = Math.min(Math.max(this.at + step, 0), this.spots.length - 1);
            this.show(this.spots[this.at]);
            event.preventDefault();
        } else if (event.key === 'Enter' && this.now) {
            event.preventDefault(); /* or it would press a button of the dialog too */
            this.open();
        } else if (event.key === 'Escape') {
            this.leave();
        }
    }

    /* ---- What most pictures have ---- */

    /* A place that can be pointed at, of trial i. */
    addTrial(study, i, x, y) {
        this.spots.push({x, y, tip: () => trialTip(study, i), open: () => showTrial(study, i)});
    }

    addSpot(x, y, title, lines) {
        this.spots.push({x, y, tip: () => [title, lines]});
    }

    add(tag, attributes, ...children) {
        const node = svg(tag, attributes, ...children);
        this.root.append(node);
        return node;
    }

    text(x, y, text, attributes = {}) {
        return this.add('text', {x, y, 'font-size': CHART_FONT, ...attributes}, text);
    }

    /* Many points as one element: dots of a line that has no length. */
    dots(places, className, size) {
        if (places.length > 0) {
            this.add('path', {class: `dots ${className}`, 'stroke-width': size,
                d: places.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join('')});
        }
    }

    line(places, className) {
        const shown = places.filter(([x, y]) => isNumber(x) && isNumber(y));
        if (shown.length > 0) {
            this.add('path', {class: className, d: 'M' + shown.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')});
        }
    }

    /* Lines and numbers along both axes of the frame {left, right, top, bottom}. */
    axes(frame, x, y, names = {}) {
        const across = names.xTicks || x.ticks(Math.max(2, Math.floor((frame.right - frame.left) / 80)));
        const up = names.yTicks || y.ticks(Math.max(2, Math.floor((frame.bottom - frame.top) / 40)));
        for (const tick of up) {
            const at = y(tick);
            this.add('line', {class: 'grid', x1: frame.left, x2: frame.right, y1: at, y2: at});
            this.text(frame.left - 6, at + 4, (names.yShow || number)(tick), {class: 'tick', 'text-anchor': 'end'});
        }
        for (const tick of across) {
            const at = x(tick);
            this.add('line', {class: 'tickmark', x1: at, x2: at, y1: frame.bottom, y2: frame.bottom + 4});
            this.text(at, frame.bottom + 17, (names.xShow || number)(tick), {class: 'tick', 'text-anchor': 'middle'});
        }
        this.add('line', {class: 'axis', x1: frame.left, x2: frame.right, y1: frame.bottom, y2: frame.bottom});
        if (names.x) {
            this.text((frame.left + frame.right) / 2, frame.bottom + 34, names.x, {class: 'name', 'text-anchor': 'middle'});
        }
        if (names.y) {
            this.text(frame.left - 6, frame.top - 8, names.y, {class: 'name', 'text-anchor': 'start',
                dx: 6 - frame.left + 4});
        }
    }
}

/* Room on the left for the longest of these texts. */
function roomFor(texts) {
    return 14 + 6.6 * Math.max(2, ...texts.map(text => text.length));
}

/* At most `most` of a list, the first ones of an order by importance kept, the others
 * taken evenly. */
function thinned(list, most, isKept) {
    if (list.length <= most) {
        return list;
    }
    const kept = list.filter(isKept);
    const others = list.filter(item => !isKept(item));
    const room = Math.max(most - kept.length, 0);
    return kept.concat(range(room).map(k => others[Math.floor(k * others.length / room)]));
}

function cut(text, most) {
    return text.length > most ? text.slice(0, most - 1) + '…' : text;
}

/* Draws again what has another width; a study that is not shown has none. */
function updatePictures(force) {
    for (const picture of pictures) {
        picture.update(force === true);
    }
}

/* A legend: [[class, text], …]. */
function legend(entries) {
    return el('p', {class: 'legend'}, entries.map(([name, text]) =>
        el('span', {}, el('i', {class: name}), text)));
}
