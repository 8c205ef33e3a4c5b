// Pointers on the stage: mouse, pen and fingers become drags, pans, pinches and wheel steps. It knows no shapes.
//
// `target` decides and draws:
//   begin(point, event)  → {move(point, event), end(point, moved, event), cancel()}, or null to pan
//   hover(point, event), leave()
//   unturned(point) → where it lies for those who know of no quarter turns
//   panBy(dx, dy), zoomAt(factor, point), handHeld() → space is down, wheelAllowed(event)

const SLOP = { mouse: 4, pen: 5, touch: 8 };
const LINE = 16;
const PAGE = 400;

export const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
export const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

// One step of a wheel is a factor of about 1.2; a pinch on a touchpad comes as many small steps with Ctrl.
export function wheelFactor({ deltaY, deltaMode, ctrlKey }) {
  const pixels = deltaY * (deltaMode === 1 ? LINE : deltaMode === 2 ? PAGE : 1);
  return Math.exp(-Math.max(-240, Math.min(240, pixels)) * (ctrlKey ? 0.01 : 0.0018));
}

export function attachPointer(node, target) {
  const pointers = new Map();
  let drag = null;
  let pinch = null;
  let corner = null;

  const pointOf = (event) => {
    corner ??= node.getBoundingClientRect();
    const point = { x: event.clientX - corner.left, y: event.clientY - corner.top };
    return target.unturned?.(point) ?? point;
  };
  const forget = () => {
    corner = null;
  };

  function pan(point) {
    let last = point;
    return {
      panning: true,
      move: (to) => {
        target.panBy(to.x - last.x, to.y - last.y);
        last = to;
      },
      end: () => {},
      cancel: () => {},
    };
  }

  function startPinch() {
    drag?.handler.cancel();
    drag = null;
    const [a, b] = [...pointers.values()];
    pinch = { apart: Math.max(distance(a, b), 1), at: middle(a, b) };
  }

  function movePinch() {
    const [a, b] = [...pointers.values()];
    const apart = Math.max(distance(a, b), 1);
    const at = middle(a, b);
    target.panBy(at.x - pinch.at.x, at.y - pinch.at.y);
    target.zoomAt(apart / pinch.apart, at);
    pinch = { apart, at };
  }

  function down(event) {
    if (event.button > 1 || (pointers.size && event.pointerType !== "touch")) return;
    // A captured pointer would take the click from a button that lies on the stage.
    if (event.target.closest("button")) return;
    forget();
    const point = pointOf(event);
    pointers.set(event.pointerId, point);
    node.setPointerCapture(event.pointerId);
    // Neither text selection nor the middle button's autoscroll; the focus has to be moved by hand then.
    event.preventDefault();
    node.focus({ preventScroll: true });
    if (pointers.size === 2) startPinch();
    if (pointers.size > 1 || pinch) return;
    const hand = event.button === 1 || target.handHeld();
    const handler = (!hand && target.begin(point, event)) || pan(point);
    drag = { id: event.pointerId, handler, start: point, moved: false, slop: SLOP[event.pointerType] ?? SLOP.mouse };
    node.classList.toggle("is-panning", Boolean(handler.panning));
  }

  function move(event) {
    const point = pointOf(event);
    if (!pointers.has(event.pointerId)) {
      if (event.pointerType !== "touch") target.hover(point, event);
      return;
    }
    pointers.set(event.pointerId, point);
    if (pinch && pointers.size === 2) movePinch();
    if (drag?.id !== event.pointerId) return;
    drag.moved ||= distance(point, drag.start) > drag.slop;
    if (drag.moved || drag.handler.panning) drag.handler.move(point, event);
  }

  function finish(event, ending) {
    if (!pointers.delete(event.pointerId)) return;
    if (drag?.id === event.pointerId) {
      const { handler, moved } = drag;
      drag = null;
      node.classList.remove("is-panning");
      if (ending) handler.end(pointOf(event), moved, event);
      else handler.cancel();
    }
    if (!pointers.size) pinch = null;
  }

  const up = (event) => finish(event, true);
  // The browser took the pointer away (a system gesture, a lost window): nothing half done is kept.
  const cancel = (event) => finish(event, false);

  function wheel(event) {
    if (!target.wheelAllowed(event)) return;
    event.preventDefault();
    target.zoomAt(wheelFactor(event), pointOf(event));
  }

  const menu = (event) => {
    if (pointers.size) event.preventDefault();
  };

  const ears = {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: cancel,
    lostpointercapture: cancel,
    pointerenter: forget,
    pointerleave: (event) => pointers.has(event.pointerId) || target.leave(),
    wheel,
    contextmenu: menu,
  };
  for (const [name, ear] of Object.entries(ears)) node.addEventListener(name, ear, { passive: false });
  window.addEventListener("scroll", forget, { capture: true, passive: true });
  window.addEventListener("resize", forget);

  return {
    forget,
    detach() {
      for (const [name, ear] of Object.entries(ears)) node.removeEventListener(name, ear);
      window.removeEventListener("scroll", forget, { capture: true });
      window.removeEventListener("resize", forget);
    },
  };
}
