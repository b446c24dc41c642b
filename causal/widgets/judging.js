// A judgement made by hand: chips laid over bins, or marks dragged along a line. Both call the same frame.
//
//   model (Python)   counts | values, placed     what the hand has made; set here, followed there
//                    curve, said, yaml           what Python makes of it; drawn here, never computed
//   without Python   everything still moves; what belongs to an earlier state fades and says so
//
// Pointer and keyboard can do the same. Nothing is said by colour alone, and nothing is fetched.

const SVG = "http://www.w3.org/2000/svg";
const SIDE = 14; // from the edge of the drawing to the axis
const TALL = 210; // of the plot
const PATIENCE = 1500; // milliseconds before an unanswered state is called unanswered

function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

function draw(tag, attributes = {}, text = "") {
  return change(document.createElementNS(SVG, tag), attributes, text);
}

function change(element, attributes, text = "") {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const short = (value) => String(Number(value.toPrecision(6)));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Ticks at round numbers, as many as there is room for.
function ticks(low, high, width) {
  const rough = ((high - low) * 60) / width;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) found.push(at * step);
  return found;
}

// ── the frame: words above, a drawing, what Python says of it, and the judgement to be copied ──────────────────────

function frame(model, el, how, { state, redraw }) {
  const root = make("div", { class: "judging", role: "group", "data-lm-suppress-shortcuts": "true" });
  const words = model.get("words");
  const by = model.get("by");
  root.setAttribute("aria-label", words || model.get("about"));
  const question = words ? words : make("code", {}, model.get("about"));
  root.append(make("p", { class: "question" }, question));
  if (words) root.append(make("p", {}, make("code", {}, model.get("about"))));
  if (model.get("meaning").length) {
    root.append(make("ul", { class: "quiet" }, ...model.get("meaning").map((line) => make("li", {}, line))));
  }
  root.append(make("p", { class: "quiet" }, by ? `Judged by ${by}. ${how}` : how));
  const sheet = draw("svg", { role: "group", "aria-label": how });
  const tools = make("div", {});
  const said = make("div", { class: "said follows", role: "status", "aria-live": "polite" });
  const late = make("p", { class: "late", role: "status" });
  const yaml = make("pre", { class: "yaml", tabindex: "0", "aria-label": "the judgement, for a prior file" });
  const copy = make("button", { type: "button", class: "copy" }, "Copy the judgement");
  const text = make("div", { class: "follows" }, copy, yaml);
  root.append(sheet, tools, said, late, text);
  el.append(root);

  let waiting;
  function follow() {
    const stale = !same(model.get("curve").of, state());
    root.classList.toggle("stale", stale);
    clearTimeout(waiting);
    if (stale) waiting = setTimeout(() => root.classList.add("late"), PATIENCE);
    else root.classList.remove("late");
    late.textContent = "Python has not answered. Curve and judgement are of an earlier state; run the cell to go on.";
    const lines = model.get("said").map((line) => line.replaceAll(" %", "\u00a0%"));
    if (!same(lines, [...said.children].map((line) => line.textContent))) {
      said.replaceChildren(...lines.map((line) => make("p", {}, line)));
    }
    yaml.textContent = model.get("yaml");
    text.hidden = !model.get("yaml");
    copy.disabled = stale;
  }
  copy.addEventListener("click", async () => {
    const range = document.createRange();
    range.selectNodeContents(yaml);
    getSelection().removeAllRanges();
    getSelection().addRange(range); // so that it can be copied by hand where a page may not
    try {
      await navigator.clipboard.writeText(model.get("yaml"));
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy the judgement"), 1500);
    } catch {
      copy.textContent = "Selected: copy it with the keyboard";
    }
  });
  // Keys that move chips or marks move nothing else on the page.
  root.addEventListener("keydown", (event) => event.stopPropagation());
  // Once the hand has left, the picture that is stored beside the view is made anew.
  root.addEventListener("focusout", (event) => {
    if (touched && !root.contains(event.relatedTarget) && document.hasFocus()) {
      touched = false;
      model.send?.({ left: true });
    }
  });
  let touched = false;
  const width = () => Math.max(root.clientWidth ? root.clientWidth - 24 : 640, 240);
  const all = () => (redraw(width()), follow());
  const watcher = globalThis.ResizeObserver ? new ResizeObserver(all) : null;
  watcher?.observe(root);
  const names = ["counts", "values", "placed", "curve", "said", "yaml"].map((name) => `change:${name}`);
  for (const name of names) model.on(name, all);
  return {
    sheet,
    tools,
    all,
    keep(changes) {
      touched = true;
      for (const [name, value] of Object.entries(changes)) model.set(name, value);
      all();
      model.save_changes();
    },
    stop() {
      clearTimeout(waiting);
      watcher?.disconnect();
      for (const name of names) model.off?.(name, all);
    },
  };
}

// A curve as the points of a path; `x` and `y` place a number and a density.
function path(curve, x, y) {
  return curve.x.map((at, i) => `${i ? "L" : "M"}${x(at).toFixed(1)},${y(curve.density[i]).toFixed(1)}`).join("");
}

function axis(group, low, high, x, base, width, label) {
  group.replaceChildren(draw("line", { class: "axis", x1: x(low), x2: x(high), y1: base, y2: base }));
  for (const at of ticks(low, high, width)) {
    group.append(
      draw("line", { class: "axis", x1: x(at), x2: x(at), y1: base, y2: base + 4 }),
      draw("text", { x: x(at), y: base + 17, "text-anchor": "middle" }, short(at)),
    );
  }
  group.append(draw("text", { class: "small", x: (x(low) + x(high)) / 2, y: base + 34, "text-anchor": "middle" }, label));
}

// ── chips over bins ────────────────────────────────────────────────────────────────────────────────────────────────

const FEWEST_ROWS = 8;

function roulette({ model, el }) {
  const edges = model.get("edges");
  const bins = edges.length - 1;
  const total = model.get("chips");
  const counts = () => model.get("counts");
  const left = () => total - counts().reduce((sum, each) => sum + each, 0);
  const how =
    "Lay your chips where you believe the number lies: click at a height, or use the arrow keys, up and down for chips, " +
    "left and right for bins. The line is the fitted belief, in chips.";
  const view = frame(model, el, how, { state: counts, redraw });
  const columns = [];
  let rows = FEWEST_ROWS;
  let chosen = 0;

  const ruled = view.sheet.appendChild(draw("g"));
  for (let bin = 0; bin < bins; bin++) {
    const column = draw("g", { class: "column", role: "spinbutton", "aria-valuemin": 0, tabindex: bin ? -1 : 0 });
    column.append(draw("rect", { class: "ground" }), draw("g", { class: "chips" }));
    columns.push(view.sheet.appendChild(column));
    listen(column, bin);
  }
  const scale = view.sheet.appendChild(draw("g"));
  const line = view.sheet.appendChild(draw("path", { class: "curve follows" }));
  const none = make("button", { type: "button", class: "none" }, "Take all chips off");
  none.addEventListener("click", () => view.keep({ counts: counts().map(() => 0) }));
  view.tools.append(none);

  function lay(bin, count) {
    const now = counts();
    const next = clamp(count, 0, now[bin] + left());
    if (next !== now[bin]) view.keep({ counts: now.map((each, at) => (at === bin ? next : each)) });
  }

  function choose(bin) {
    columns[chosen].setAttribute("tabindex", -1);
    chosen = clamp(bin, 0, bins - 1);
    columns[chosen].setAttribute("tabindex", 0);
    columns[chosen].focus();
  }

  // The row under a pointer, from 1 for the lowest; 0 below the axis.
  function row(event) {
    const box = view.sheet.getBoundingClientRect();
    return clamp(Math.ceil(((TALL - (event.clientY - box.top)) / TALL) * rows), 0, rows);
  }

  // At the top chip it is taken off, elsewhere the stack reaches up to here.
  function at(event, bin) {
    const to = row(event);
    lay(bin, to === counts()[bin] ? to - 1 : to);
  }

  function listen(column, bin) {
    let dragged = null; // the last row of a mouse that is held down
    let done = false; // whether the click that ends a press was dealt with when it began
    column.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" || event.button) return; // a finger may mean to scroll: its click decides
      choose(bin);
      column.setPointerCapture?.(event.pointerId);
      [dragged, done] = [row(event), true];
      at(event, bin);
      event.preventDefault();
    });
    column.addEventListener("pointermove", (event) => {
      if (dragged === null || row(event) === dragged) return;
      dragged = row(event);
      lay(bin, dragged);
    });
    for (const end of ["pointerup", "pointercancel"]) column.addEventListener(end, () => (dragged = null));
    column.addEventListener("click", (event) => {
      if (!done) {
        choose(bin);
        at(event, bin);
      }
      done = false;
    });
    column.addEventListener("focus", () => {
      if (chosen !== bin) choose(bin);
    });
    column.addEventListener("keydown", (event) => {
      const now = counts()[bin];
      const keys = {
        ArrowUp: () => lay(bin, now + 1),
        ArrowDown: () => lay(bin, now - 1),
        PageUp: () => lay(bin, now + 5),
        PageDown: () => lay(bin, now - 5),
        Delete: () => lay(bin, 0),
        Backspace: () => lay(bin, 0),
        ArrowLeft: () => choose(bin - 1),
        ArrowRight: () => choose(bin + 1),
        Home: () => choose(0),
        End: () => choose(bins - 1),
      };
      if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  function redraw(width) {
    const now = counts();
    rows = clamp(Math.max(...now) + 1, Math.min(FEWEST_ROWS, total), total);
    const [low, high] = [edges[0], edges[bins]];
    const wide = width - 2 * SIDE;
    const x = (value) => SIDE + ((value - low) / (high - low)) * wide;
    const each = TALL / rows;
    change(view.sheet, { height: TALL + 40, viewBox: `0 0 ${width} ${TALL + 40}` });
    ruled.replaceChildren(
      ...Array.from({ length: rows }, (_, up) => {
        const y = TALL - each * (up + 1);
        return draw("line", { class: "rule", x1: SIDE, x2: width - SIDE, y1: y, y2: y });
      }),
      ...edges.map((edge) => draw("line", { class: "rule", x1: x(edge), x2: x(edge), y1: 0, y2: TALL })),
    );
    columns.forEach((column, bin) => {
      const [from, to] = [x(edges[bin]), x(edges[bin + 1])];
      const name = `${short(edges[bin])} to ${short(edges[bin + 1])}`;
      const text = `${now[bin]} ${now[bin] === 1 ? "chip" : "chips"}, ${left()} left`;
      change(column, {
        "aria-label": name,
        "aria-valuenow": now[bin],
        "aria-valuemax": now[bin] + left(),
        "aria-valuetext": text,
      });
      change(column.querySelector(".ground"), { x: from + 1, y: 0, width: to - from - 2, height: TALL });
      const gap = Math.min(2, each / 6);
      column.querySelector(".chips").replaceChildren(
        ...Array.from({ length: now[bin] }, (_, up) =>
          draw("rect", {
            class: "chip",
            x: from + 3,
            y: TALL - each * (up + 1) + gap,
            width: Math.max(to - from - 6, 2),
            height: Math.max(each - 2 * gap, 1),
            rx: Math.min(4, each / 4),
          }),
        ),
      );
    });
    axis(scale, low, high, x, TALL, wide, model.get("axis"));
    const curve = model.get("curve");
    const laid = (curve.of ?? []).reduce((sum, count) => sum + count, 0);
    const y = (density) => clamp(TALL - ((density * laid * (high - low)) / bins) * each, -8, TALL);
    line.setAttribute("d", path(curve, x, y));
    none.disabled = !now.some(Boolean);
  }

  view.all();
  return view.stop;
}

// ── marks on a line ────────────────────────────────────────────────────────────────────────────────────────────────

const UNDER = 112; // room for marks, their names and the scale below the line
const APART = 52; // names of marks

function quantiles({ model, el }) {
  const names = model.get("names");
  const [low, high, step] = [model.get("low"), model.get("high"), model.get("step")];
  const [least, most] = [model.get("least"), model.get("most")];
  const places = model.get("decimals");
  const values = () => model.get("values");
  const how =
    "Drag each mark to where you believe it lies, or use the arrow keys (page up and down for ten steps, Enter to leave " +
    "a mark where it is). A hollow mark is not placed yet. Short strokes show what the fitted curve says instead.";
  const view = frame(model, el, how, { state: values, redraw });
  let x = () => 0;
  let back = () => 0;

  const under = view.sheet.appendChild(draw("path", { class: "under follows" }));
  const line = view.sheet.appendChild(draw("path", { class: "curve follows" }));
  const scale = view.sheet.appendChild(draw("g"));
  const implied = view.sheet.appendChild(draw("g", { class: "follows" }));
  const marks = names.map((name, mark) => {
    const group = draw("g", { class: "mark", role: "slider", tabindex: 0, "aria-label": named(name) });
    group.append(
      draw("line", { class: "stem" }),
      draw("circle", { class: "hit", r: 17 }),
      draw("path", { class: "head" }),
      draw("line", { class: "rule" }),
      draw("text", { class: "name", "text-anchor": "middle" }, name),
      draw("text", { class: "value small", "text-anchor": "middle" }),
    );
    listen(group, mark);
    return view.sheet.appendChild(group);
  });

  function named(name) {
    return name.endsWith("%") ? `${name} quantile` : name;
  }

  // Between its neighbours, a step away from each.
  function room(mark) {
    const now = values();
    return [mark ? now[mark - 1] + step : least, mark < now.length - 1 ? now[mark + 1] - step : most];
  }

  function place(mark, value) {
    const now = values();
    const [from, to] = room(mark);
    const snapped = Number((low + Math.round((value - low) / step) * step).toFixed(places));
    const next = clamp(snapped, from, to);
    const exact = Number(next.toFixed(12));
    view.keep({
      values: now.map((each, at) => (at === mark ? exact : each)),
      placed: model.get("placed").map((each, at) => each || at === mark),
    });
  }

  function listen(group, mark) {
    let off = null; // how far from the mark's middle it was taken
    const across = (event) => event.clientX - view.sheet.getBoundingClientRect().left;
    group.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      off = across(event) - x(values()[mark]);
      group.setPointerCapture?.(event.pointerId);
      group.focus();
      place(mark, values()[mark]);
      event.preventDefault();
    });
    group.addEventListener("pointermove", (event) => {
      if (off !== null) place(mark, back(across(event) - off));
    });
    for (const end of ["pointerup", "pointercancel"]) group.addEventListener(end, () => (off = null));
    group.addEventListener("keydown", (event) => {
      const now = values()[mark];
      const to = {
        ArrowLeft: now - step,
        ArrowDown: now - step,
        ArrowRight: now + step,
        ArrowUp: now + step,
        PageDown: now - 10 * step,
        PageUp: now + 10 * step,
        Home: room(mark)[0],
        End: room(mark)[1],
        Enter: now,
        " ": now,
      };
      if (!(event.key in to) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      place(mark, to[event.key]);
    });
  }

  function redraw(width) {
    const now = values();
    const placed = model.get("placed");
    const base = TALL - 30;
    const wide = width - 2 * SIDE;
    x = (value) => SIDE + ((value - low) / (high - low)) * wide;
    back = (at) => low + ((at - SIDE) / wide) * (high - low);
    change(view.sheet, { height: base + UNDER, viewBox: `0 0 ${width} ${base + UNDER}` });
    const curve = model.get("curve");
    // an end that runs to infinity is cut, so that the rest is not squeezed flat
    const top = Math.max(...(curve.density ?? []).slice(2, -2), 1e-9);
    const y = (density) => clamp(base - (density / top) * (base - 8), 0, base);
    const along = path(curve, x, y);
    line.setAttribute("d", along);
    under.setAttribute("d", along ? `${along}L${x(high)},${base}L${x(low)},${base}Z` : "");
    implied.replaceChildren(
      ...(curve.implied ?? []).map(([, value]) => {
        const at = x(clamp(value, low, high));
        return draw("line", { class: "implied", x1: at, x2: at, y1: base - 9, y2: base + 1 });
      }),
    );
    const shown = spread(now.map(x), width);
    marks.forEach((group, mark) => {
      const [at, text] = [x(now[mark]), now[mark].toFixed(places)];
      group.classList.toggle("waiting", !placed[mark]);
      change(group, {
        "aria-valuemin": room(mark)[0],
        "aria-valuemax": room(mark)[1],
        "aria-valuenow": now[mark],
        "aria-valuetext": placed[mark] ? text : `${text}, not placed`,
      });
      change(group.querySelector(".stem"), { x1: at, x2: at, y1: 8, y2: base });
      change(group.querySelector(".hit"), { cx: at, cy: base + 14 });
      change(group.querySelector(".head"), { d: `M${at},${base + 2}l9,16h-18z` });
      change(group.querySelector(".rule"), { x1: at, x2: shown[mark], y1: base + 19, y2: base + 32 });
      change(group.querySelector(".name"), { x: shown[mark], y: base + 44 });
      change(group.querySelector(".value"), { x: shown[mark], y: base + 59 }, text);
    });
    axis(scale, low, high, x, base + 70, wide, model.get("axis"));
    scale.append(draw("line", { class: "axis", x1: x(low), x2: x(high), y1: base, y2: base }));
  }

  // Names of marks that are close are pushed apart, each as little as the other.
  function spread(wanted, width) {
    const apart = Math.min(APART, (width - 2 * SIDE) / wanted.length);
    const found = [...wanted];
    for (let round = 0; round < 100; round++) {
      for (let i = 1; i < found.length; i++) {
        const lacking = apart - (found[i] - found[i - 1]);
        if (lacking > 0) [found[i - 1], found[i]] = [found[i - 1] - lacking / 2, found[i] + lacking / 2];
      }
      for (const i of found.keys()) found[i] = clamp(found[i], apart / 2, width - apart / 2);
    }
    return found;
  }

  view.all();
  return view.stop;
}

const VIEWS = { roulette, quantiles };

export default {
  render(context) {
    return VIEWS[context.model.get("kind")](context);
  },
};
