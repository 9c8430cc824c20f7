// Draws what a visitor needs below the code of a pass, in the phone's own letters, so that one long press keeps all of it.
// [data-keeps] holds the lines, one each; the first is the largest. Without this script the picture stays as the server drew it.
const [WIDE, PAD, LARGE, SMALL] = [900, 40, 96, 50];
const LETTERS = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif';

// Parts a line where it gets too wide; Chinese breaks anywhere, figures and Latin words as late as they may.
function parted(pen, words) {
  const rows = [''];
  for (const piece of words.match(/[\x21-\x7e]+|[^]/gu) ?? []) {
    const room = WIDE - 2 * PAD;
    for (const sign of pen.measureText(piece).width > room ? piece : [piece]) {
      if (pen.measureText(rows.at(-1) + sign).width > room) rows.push(sign.trimStart());
      else rows[rows.length - 1] += sign;
    }
  }
  return rows;
}

function draw(picture, lines) {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  const font = (size, weight) => `${weight} ${size}px ${LETTERS}`;
  const rows = lines.flatMap((words, number) => {
    const [size, weight] = number ? [SMALL, 400] : [LARGE, 700];
    pen.font = font(size, weight);
    return parted(pen, words).map((row) => [row, size, weight]);
  });
  canvas.width = WIDE;
  canvas.height = WIDE + rows.reduce((high, [, size]) => high + size * 1.5, PAD);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingEnabled = false; // or no camera reads its edges
  const side = picture.naturalWidth; // the code is a square; the figures that the server drew below it stand here in words
  pen.drawImage(picture, 0, 0, side, side, 0, 0, WIDE, WIDE);
  pen.fillStyle = '#000';
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  let top = WIDE;
  for (const [row, size, weight] of rows) {
    pen.font = font(size, weight);
    pen.fillText(row, WIDE / 2, top);
    top += size * 1.5;
  }
  return [canvas.toDataURL('image/png'), canvas.height];
}

async function keep(box) {
  const picture = box.querySelector('img');
  const lines = box.dataset.keeps.split('\n').filter(Boolean);
  await picture.decode();
  const [drawn, height] = draw(picture, lines);
  box.classList.add('drawn');
  picture.alt = [picture.alt, ...lines].join('；');
  picture.height = picture.width * height / WIDE;
  picture.src = drawn;
  const link = document.querySelector('a[download]');
  if (link) link.href = drawn;
}

// A browser that cannot draw it keeps the picture of the server.
for (const box of document.querySelectorAll('[data-keeps]')) keep(box).catch(() => {});
