// The dialogs of an editor of shapes, loaded when one is asked for.

import { guideDialog, keysDialog, show } from "./help.js";

// The key map that `?` shows.
function keysOf({ flags }, form) {
  const { one } = form;
  return [
    [["1", "…"], `Choose a class; a ${one} you selected takes it (twice: the one just drawn, too)`],
    [["Enter"], form.points === null ? `Place a point at the crosshair; the same point again ends the ${one}` : `Place a point of a ${one} at the crosshair`],
    [["←", "↑", "→", "↓"], `Move the crosshair, or the selected ${one} by 1 pixel (Shift: further)`],
    [["Ctrl", "←↑→↓"], `Change the selected ${one}'s size or point; move the crosshair by 1 pixel`],
    [[".", ","], `Next ${one}, previous ${one}`],
    ...(form.handles ? [[["[", "]"], "Point of it that keys act on"]] : []),
    [["D"], `Duplicate the selected ${one}`],
    ...(flags ? [[["O"], "Occluded: partly covered"], [["H"], "Unsure about this one"]] : []),
    ...(form.keys ?? []),
    [["Delete"], `Delete the selected ${one}`],
    [["Ctrl", "Z"], "Undo (Ctrl Y: redo)"],
    [["+", "−", "0"], "Zoom in, out, whole picture (wheel or pinch)"],
    [["M"], "Magnifier at the pointer"],
    [["R"], "Turn the picture by a quarter"],
    [["G"], "Let edges stick to those of others"],
    [["Space"], "Hold and drag to move the picture (or middle button, two fingers)"],
    [["Ctrl", "click"], `Select a ${one} by its inside; again for the one around it`],
    [["Shift", "drag"], "Draw, even from a handle"],
    [["Esc"], "Cancel, let go"],
    [["?"], "This list"],
  ];
}

// name: "keys" or "guide"; they stand in `place`.
export function showHelp(name, place, { question, form, styles, exampleUrl }) {
  show(place, name, () => (name === "keys" ? keysDialog(keysOf(question, form)) : guideDialog(question.classes, styles, exampleUrl)));
}
