'use strict';
/* Making elements, writing numbers, scales. Every text goes through a text node or
 * an attribute: nothing that a user supplied is ever read as HTML. */

const SVG_NS = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes || {})) {
        if (key.startsWith('on')) {
            node.addEventListener(key.slice(2), value);
        } else if (value === true) {
            node.setAttribute(key, '');
        } else if (value !== false && value !== null && value !== undefined) {
            node.setAttribute(key, value);
        }
    }
    for (const child of [children].flat(3)) {
        if (child !== null && child !== undefined && child !== false) {
            node.append(child);
        }
    }
    return node;
}

/* An HTML element; children are nodes, texts or lists of them. */
function el(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG_NS, tag), attributes, children);
}

function isNumber(value) {
    return typeof value === 'number' && Number.isFinite(value);
}

/* 0.0123457, 1.2e-7, 12,345; "none" for what is no number. */
function number(value, digits = 5) {
    if (!isNumber(value)) {
        return 'none';
    }
    const size = Math.abs(value);
    if (value === 0) {
        return '0';
    }
    if (size >= 1e7 || size < 1e-4) {
        return value.toExponential(Math.min(digits - 1, 6)).replace(/\.?0+e/, 'e').replace('e+', 'e');
    }
    if (Number.isInteger(value)) {
        return value.toString();
    }
    const text = value.toPrecision(digits);
    return text.includes('e') ? Number(text).toString() : text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

function plusMinus(value, sem) {
    return isNumber(sem) ? `${number(value, 6)} ± ${number(sem, 2)}` : number(value, 6);
}

function percent(share) {
    return !isNumber(share) ? 'none' : share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(100 * share)} %`;
}

/* 350 ms, 12.3 s, 4 min 10 s, 3 h 20 min, 2 d 4 h */
function duration(seconds) {
    if (!isNumber(seconds)) {
        return 'none';
    }
    if (seconds < 1) {
        return `${number(1000 * seconds, 3)} ms`;
    }
    if (seconds < 60) {
        return `${number(seconds, 3)} s`;
    }
    const s = Math.round(seconds);
    const two = (big, unit, small, name) => big + unit + (small > 0 ? ` ${small}${name}` : '');
    if (s < 3600) {
        return two(Math.floor(s / 60), ' min', s % 60, ' s');
    }
    const m = Math.round(seconds / 60);
    return m < 1440 ? two(Math.floor(m / 60), ' h', m % 60, ' min')
        : two(Math.floor(m / 1440), ' d', Math.round(m % 1440 / 60), ' h');
}

function moment(ms) {
    return isNumber(ms) ? new Date(ms).toISOString().replace('T', ' ').slice(0, 19) + ' UTC' : 'none';
}

function plural(count, word, words = word + 's') {
    return `${count.toLocaleString('en')} ${count === 1 ? word : words}`;
}

function range(count) {
    return Array.from({length: count}, (_, i) => i);
}

/* The q-quantile of numbers that are sorted. */
function quantile(sorted, q) {
    const at = q * (sorted.length - 1);
    const low = Math.floor(at);
    const next = sorted[Math.min(low + 1, sorted.length - 1)];
    return sorted[low] + (at - low) * (next - sorted[low]);
}

function extent(values) {
    let low = Infinity;
    let high = -Infinity;
    for (const value of values) {
        if (isNumber(value)) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
    }
    return [low, high];
}

/* [low, high] with some room at both ends, never empty. */
function padded([low, high], share = 0.05) {
    if (!(low <= high)) {
        return [0, 1];
    }
    const room = high > low ? (high - low) * share : Math.abs(low) * 0.1 || 1;
    return [low - room, high + room];
}

/* ---- Scales: from values to pixels ---- */

function niceStep(span, count) {
    const raw = span / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(raw));
    return power * [1, 2, 5, 10].find(factor => factor * power >= raw * 0.999);
}

function linear([low, high], [from, to]) {
    const scale = value => from + (value - low) / (high - low) * (to - from);
    scale.invert = pixel => low + (pixel - from) / (to - from) * (high - low);
    scale.ticks = count => {
        const step = niceStep(high - low, count);
        const first = Math.ceil(low / step - 1e-9);
        const last = Math.floor(high / step + 1e-9);
        return range(Math.max(last - first + 1, 0)).map(i => Number(((first + i) * step).toPrecision(12)));
    };
    return scale;
}

function logarithmic([low, high], [from, to]) {
    const inner = linear([Math.log10(low), Math.log10(high)], [from, to]);
    const scale = value => inner(Math.log10(Math.max(value, low * 1e-6)));
    scale.invert = pixel => 10 ** inner.invert(pixel);
    scale.ticks = count => {
        const decades = Math.log10(high) - Math.log10(low);
        if (decades < 1) {
            return linear([low, high], [0, 1]).ticks(count);
        }
        const each = Math.max(1, Math.ceil(decades / Math.max(count, 1)));
        const first = Math.ceil(Math.log10(low) - 1e-9);
        const ticks = range(Math.floor(decades) + 2).map(i => first + i)
            .filter(e => e % each === 0 && 10 ** e <= high * 1.000001);
        return decades < 2 && count > 3
            ? ticks.flatMap(e => [1, 2, 5].map(m => m * 10 ** e)).filter(v => v >= low && v <= high)
            : ticks.map(e => Number((10 ** e).toPrecision(12)));
    };
    return scale;
}

/* ---- Colours: from bad (0) to good (1), readable on light and dark ---- */

const STOPS = [[92, 74, 152], [66, 92, 160], [38, 130, 142], [60, 175, 110], [170, 210, 60], [250, 220, 50]];

function colour(share) {
    const at = Math.min(Math.max(share, 0), 1) * (STOPS.length - 1);
    const i = Math.min(Math.floor(at), STOPS.length - 2);
    const mix = k => Math.round(STOPS[i][k] + (at - i) * (STOPS[i + 1][k] - STOPS[i][k]));
    return `rgb(${mix(0)},${mix(1)},${mix(2)})`;
}

/* ---- Copying ---- */

async function copyText(text, button) {
    const before = button.textContent;
    try {
        await navigator.clipboard.writeText(text);
        button.textContent = 'Copied';
    } catch {
        const area = el('textarea', {class: 'offscreen'}, text);
        document.body.append(area);
        area.select();
        button.textContent = document.execCommand('copy') ? 'Copied' : 'Select and copy by hand';
        area.remove();
    }
    setTimeout(() => { button.textContent = before; }, 1500);
}

/* A text to copy, with its button. */
function copyBox(text, label) {
    const button = el('button', {type: 'button', class: 'copy', onclick: () => copyText(text, button)}, 'Copy');
    return el('div', {class: 'copybox'}, el('pre', {tabindex: 0, 'aria-label': label}, text), button);
}

/* One word for a POSIX shell. */
function shellWord(text) {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
