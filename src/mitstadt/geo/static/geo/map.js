/* Choosing a place on the drawn map: by pointer, and by arrow keys with a cross. Without this file the map is an image
   button that the server understands. */
"use strict";
for (const root of document.querySelectorAll("[data-pick]")) {
  const field = document.getElementById(`id_${root.dataset.pick}`);
  if (!field) continue;
  const box = root.querySelector(".pt-pick__map");
  const svg = box.querySelector("svg");
  const kind = root.querySelector("select") || { value: "Point", addEventListener() {} };
  const said = root.querySelector("[data-said]");
  const number = (name) => parseFloat(root.dataset[name]);
  const west = number("west"), north = number("north"), scale = number("scale"), stretch = number("stretch");
  const height = number("height");
  const NS = "http://www.w3.org/2000/svg";
  let points = [];
  let cross = [500, height / 2];
  let crossed = false;

  root.hidden = false;
  for (const other of document.querySelectorAll("[data-without-script]")) other.remove();

  const position = ([x, y]) => [+(west + x / scale).toFixed(6), +(north - y / scale / stretch).toFixed(6)];
  const drawn = ([lon, lat]) => [(lon - west) * scale, (north - lat) * scale * stretch];

  function read() {
    try {
      const found = JSON.parse(field.value);
      kind.value = found.type;
      points = found.type === "Point" ? [found.coordinates] : found.type === "LineString" ? found.coordinates : found.coordinates[0].slice(0, -1);
    } catch { points = []; }
  }

  function write() {
    const type = kind.value;
    let value = "";
    if (type === "Point" && points.length) value = JSON.stringify({ type, coordinates: points[points.length - 1] });
    if (type === "LineString" && points.length > 1) value = JSON.stringify({ type, coordinates: points });
    if (type === "Polygon" && points.length > 2) value = JSON.stringify({ type, coordinates: [[...points, points[0]]] });
    field.value = value;
    draw();
  }

  function shape(name, attributes, parent) {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
  }

  function draw() {
    for (const old of svg.querySelectorAll(".pt-map__mark, .pt-map__cross")) old.remove();
    const group = document.createElementNS(NS, "g");
    group.setAttribute("class", "pt-map__mark");
    svg.append(group);
    const shown = kind.value === "Point" ? points.slice(-1) : points;
    const line = shown.map((p) => drawn(p).map((n) => n.toFixed(1)).join(",")).join(" ");
    if (kind.value === "LineString" && shown.length > 1) shape("polyline", { class: "pt-map__polyline", points: line }, group);
    if (kind.value === "Polygon" && shown.length > 1) shape("polygon", { class: "pt-map__polygon", points: line }, group);
    for (const p of shown) { const [cx, cy] = drawn(p); shape("circle", { cx, cy, r: 12 }, group); }
    if (crossed) shape("path", { class: "pt-map__cross", d: `M${cross[0] - 30} ${cross[1]}h60M${cross[0]} ${cross[1] - 30}v60` }, svg);
    said.textContent = shown.length ? `${said.dataset.set} ${shown.length}` : said.dataset.none;
  }

  function add(at) {
    const limited = [Math.min(1000, Math.max(0, at[0])), Math.min(height, Math.max(0, at[1]))];
    points = kind.value === "Point" ? [position(limited)] : [...points, position(limited)].slice(0, 60);
    write();
  }

  svg.addEventListener("click", (event) => {
    const frame = svg.getBoundingClientRect();
    cross = [((event.clientX - frame.left) / frame.width) * 1000, ((event.clientY - frame.top) / frame.height) * height];
    add(cross);
  });
  box.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 50 : 10;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (move) {
      cross = [Math.min(1000, Math.max(0, cross[0] + move[0])), Math.min(height, Math.max(0, cross[1] + move[1]))];
      crossed = true;
      draw();
    } else if (event.key === "Enter" || event.key === " ") { crossed = true; add(cross); }
    else return;
    event.preventDefault();
  });
  box.addEventListener("focus", () => { crossed = box.matches(":focus-visible"); draw(); });
  box.addEventListener("blur", () => { crossed = false; draw(); });
  kind.addEventListener("change", () => { points = points.slice(-1); write(); });
  root.querySelector("[data-undo]")?.addEventListener("click", () => { points = points.slice(0, -1); write(); });
  root.querySelector("[data-clear]").addEventListener("click", () => { points = []; write(); });
  field.form.addEventListener("mitstadt:restored", () => { read(); draw(); });
  read();
  draw();
}
