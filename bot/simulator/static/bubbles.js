// Lines of a chat as elements. Texts go in as text, never as markup.

const LINK = /<a\s+[^>]*?href="(https?:\/\/[^"\s]+)"[^>]*>([^<]*)<\/a>|(https?:\/\/[^\s<>"'，。；！？、（）【】》]+)/g;

// Template messages name their fields by type; a real template bears labels of its own.
const LABELS = {
  thing: ["事项", "内容", "地点", "备注"], time: ["时间", "结束时间"], date: ["日期", "截止日期"], character_string: ["编号", "凭证"],
  phrase: ["状态", "结果"], const: ["状态", "类型"], name: ["姓名"], phone_number: ["电话"], car_number: ["车牌"], amount: ["金额"], number: ["数量"],
};

export function renderLine(line, { title, name }) {
  const row = document.createElement("div");
  row.dataset.id = line.id;
  row.className = `line ${line.author} ${line.kind}`;
  if (line.author === "wechat") {
    row.append(element("span", "said", line.text), ...trace(line, line.milliseconds !== null));
    return row;
  }
  if (line.kind === "template") {
    row.append(card(line), ...trace(line, true));
    return row;
  }
  const avatar = line.author === "resident" ? element("span", "avatar", name.replace(/（.*/, "").slice(-1)) : logo();
  avatar.setAttribute("aria-hidden", "true");
  const body = element("div", "body");
  body.append(element("span", "sr", line.author === "resident" ? "我：" : `${title}：`), content(line), ...trace(line, line.author === "resident" || called(line)));
  row.append(avatar, body);
  return row;
}

function content(line) {
  switch (line.kind) {
    case "photo": {
      const image = document.createElement("img");
      image.className = "picture";
      image.src = `media/${line.media_id}`;
      image.alt = "照片";
      return image;
    }
    case "location": {
      const place = element("div", "place");
      place.append(element("strong", "", line.text || "位置"), element("span", "map"));
      return place;
    }
    case "voice": {
      const voice = element("div", "bubble spoken");
      voice.append(icon("wave"), element("span", "", `${Math.max(1, Math.ceil(line.text.length / 4))}″`));
      const box = element("div", "voice-box");
      box.append(voice);
      if (line.text) box.append(element("small", "", line.text));
      return box;
    }
  }
  const bubble = element("div", "bubble");
  // As in WeChat, only the account's words hold links; what people write is shown as they wrote it.
  if (line.author === "resident") bubble.append(line.text);
  else bubble.append(...linked(line.text));
  for (const choice of line.choices) {
    const button = element("button", "choice", choice);
    button.type = "button";
    button.dataset.say = choice;
    bubble.append(button);
  }
  return bubble;
}

function card(line) {
  const box = element("article", "card");
  box.append(element("h3", "", line.title));
  const list = document.createElement("dl");
  const used = {};
  for (const [name, value] of line.fields) {
    const kind = name.replace(/\d+$/, "");
    const labels = LABELS[kind] ?? [];
    const label = labels[used[kind] ?? 0] ?? labels.at(-1) ?? "内容";
    used[kind] = (used[kind] ?? 0) + 1;
    list.append(element("dt", "", label), element("dd", "", value));
  }
  box.append(list);
  if (/^https?:\/\//.test(line.url)) box.append(link(line.url, "查看详情"));
  return box;
}

export function* linked(text) {
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    yield text.slice(end, found.index);
    yield link(found[1] ?? found[3], found[2] ?? found[3]);
    end = found.index + found[0].length;
  }
  yield text.slice(end);
}

function link(href, words) {
  const anchor = element("a", "", words);
  anchor.href = href;
  anchor.target = "_blank";
  anchor.rel = "noopener";
  return anchor;
}

// Answers travel with what they answer; only what the bot sent by itself has a story of its own.
function called(line) {
  return line.steps.some((step) => step.title === "机器人调用接口");
}

function* trace(line, wanted) {
  if (!wanted || !line.steps.length) return;
  const late = line.milliseconds > 4000 ? " late" : "";
  const button = element("button", `trace${late}`, line.milliseconds === null ? "主动消息" : `${line.milliseconds} ms`);
  button.type = "button";
  button.dataset.trace = line.id;
  button.title = "查看报文";
  yield button;
}

export function element(name, className, text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function logo() {
  const image = element("img", "avatar");
  image.src = "static/icon.svg";
  image.alt = "";
  return image;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}
