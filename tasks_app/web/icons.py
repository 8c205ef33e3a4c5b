"""The icons, drawn for this product on a 16 × 16 grid with a 1.6 px stroke. Inline SVG: no request, takes the text's colour."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Path data only, by us; a name not in here is a mistake in a template and raises KeyError.
PATHS: dict[str, str] = {
    "alert": '<path d="M8 2.2 14.4 13.4H1.6Z"/><path d="M8 6.6v3M8 11.6v.1"/>',
    "arrow-left": '<path d="M13 8H3M7 4 3 8l4 4"/>',
    "arrow-right": '<path d="M3 8h10M9 4l4 4-4 4"/>',
    "box": '<rect x="2.5" y="3.5" width="11" height="9" rx="1" stroke-dasharray="2.4 1.8"/><path d="M2.5 3.5h.1M13.5 12.5h.1"/>',
    "chart": '<path d="M2.5 2.5v11h11M5.5 11V8M8.5 11V5M11.5 11V7"/>',
    "check": '<path d="m3 8.6 3.2 3.2L13 4.8"/>',
    "check-circle": '<circle cx="8" cy="8" r="6"/><path d="m5.3 8.3 1.9 1.9 3.5-4"/>',
    "chevron-down": '<path d="m4 6 4 4 4-4"/>',
    "chevron-left": '<path d="m10 4-4 4 4 4"/>',
    "chevron-right": '<path d="m6 4 4 4-4 4"/>',
    "circle": '<circle cx="8" cy="8" r="6"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.6V8l2.3 1.6"/>',
    "copy": '<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"/>',
    "cross": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "cross-circle": '<circle cx="8" cy="8" r="6"/><path d="m6 6 4 4M10 6l-4 4"/>',
    "download": '<path d="M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M2.5 13.5h11"/>',
    "edit": '<path d="m10.8 2.8 2.4 2.4-7.6 7.6-3 .6.6-3ZM9.2 4.4l2.4 2.4"/>',
    "eye": '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z"/><circle cx="8" cy="8" r="2"/>',
    "filter": '<path d="M2.5 4h11M4.5 8h7M6.5 12h3"/>',
    "film": '<rect x="2" y="3" width="12" height="10" rx="1.2"/><path d="M6.6 5.8v4.4L10.2 8Z"/>',
    "folder": '<path d="M1.8 4.3a1 1 0 0 1 1-1h3l1.5 1.6h5.9a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1Z"/>',
    "gear": '<circle cx="8" cy="8" r="2.1"/><path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4"/>',
    "grid": '<rect x="2.5" y="2.5" width="4.5" height="4.5" rx="1"/><rect x="9" y="2.5" width="4.5" height="4.5" rx="1"/><rect x="2.5" y="9" width="4.5" height="4.5" rx="1"/><rect x="9" y="9" width="4.5" height="4.5" rx="1"/>',
    "image": '<rect x="2" y="3" width="12" height="10" rx="1.2"/><circle cx="5.6" cy="6.3" r="1"/><path d="m2.5 11.5 3.4-3 2.3 2 2.6-2.8 2.9 3"/>',
    "inbox": '<path d="M2.2 9.2 4 3.5h8l1.8 5.7v3.3H2.2ZM2.2 9.2h3.4l.9 1.6h3l.9-1.6h3.4"/>',
    "info": '<circle cx="8" cy="8" r="6"/><path d="M8 7.3v3.5M8 5.1v.1"/>',
    "key": '<circle cx="5.2" cy="10.8" r="2.7"/><path d="m7.2 8.8 6-6M11 5l1.8 1.8M9.2 6.8l1.2 1.2"/>',
    "link": '<path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3A2.6 2.6 0 0 0 9 3.3l-.7.7M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.7-.7"/>',
    "list": '<path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>',
    "lock": '<rect x="3" y="7" width="10" height="6.5" rx="1.2"/><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2"/>',
    "mail": '<rect x="2" y="3.5" width="12" height="9" rx="1.2"/><path d="m2.5 4.5 5.5 4.3 5.5-4.3"/>',
    "money": '<rect x="1.8" y="4" width="12.4" height="8" rx="1.2"/><circle cx="8" cy="8" r="1.9"/><path d="M4.2 8h.1M11.8 8h.1"/>',
    "moon": '<path d="M13.2 9.7A5.6 5.6 0 0 1 6.3 2.8a5.6 5.6 0 1 0 6.9 6.9Z"/>',
    "more": '<path d="M3.5 8h.1M8 8h.1M12.5 8h.1" stroke-width="2.4"/>',
    "pause": '<path d="M5.5 3.5v9M10.5 3.5v9"/>',
    "play": '<path d="M4.8 3.2v9.6L12.6 8Z"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "refresh": '<path d="M13.2 6.4A5.5 5.5 0 0 0 3.4 5M2.8 9.6a5.5 5.5 0 0 0 9.8 1.4M3.2 2.4V5.2H6M12.8 13.6v-2.8H10"/>',
    "search": '<circle cx="7" cy="7" r="4.3"/><path d="m10.2 10.2 3.3 3.3"/>',
    "shield": '<path d="M8 1.9 13 3.7v3.8c0 3.2-2.1 5.5-5 6.6-2.9-1.1-5-3.4-5-6.6V3.7Z"/>',
    "sign-out": '<path d="M6.5 2.5h-3a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h3M6.5 8h7M10.7 5.2 13.5 8l-2.8 2.8"/>',
    "sound": '<path d="M2.5 6.7v2.6M5.2 4.5v7M8 2.5v11M10.8 5v6M13.5 6.7v2.6"/>',
    "split": '<path d="M2.5 8h3.2c2.5 0 2.5-4 5-4h2.8M5.7 8c2.5 0 2.5 4 5 4h2.8M11.7 2.2 13.5 4l-1.8 1.8M11.7 10.2l1.8 1.8-1.8 1.8"/>',
    "square": '<rect x="3" y="3" width="10" height="10" rx="1"/>',
    "sun": '<circle cx="8" cy="8" r="2.8"/><path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9"/>',
    "theme": '<circle cx="8" cy="8" r="5.8"/><path d="M8 2.2v11.6A5.8 5.8 0 0 0 8 2.2Z" fill="currentColor"/>',
    "text": '<path d="M3 4.5v-1h10v1M8 3.5v9M6.2 12.5h3.6"/>',
    "trash": '<path d="M2.8 4.3h10.4M6.2 4.3V2.7h3.6v1.6M4.2 4.3l.6 9h6.4l.6-9M6.8 7v3.6M9.2 7v3.6"/>',
    "upload": '<path d="M8 10.7v-8M4.8 5.7 8 2.5l3.2 3.2M2.5 13.5h11"/>',
    "user": '<circle cx="8" cy="5.3" r="2.7"/><path d="M2.8 13.6c.4-2.7 2.5-4.2 5.2-4.2s4.8 1.5 5.2 4.2"/>',
    "users": '<circle cx="6" cy="5.5" r="2.4"/><path d="M1.6 13c.3-2.5 2.1-3.8 4.4-3.8s4.1 1.3 4.4 3.8M10.6 3.3a2.4 2.4 0 0 1 0 4.4M12.2 9.5c1.3.6 2.1 1.8 2.3 3.5"/>',
    "zoom-in": '<circle cx="7" cy="7" r="4.3"/><path d="m10.2 10.2 3.3 3.3M7 5.2v3.6M5.2 7h3.6"/>',
}

# A state's sign is a shape besides a colour: told apart in greyscale, by any eye, in print.
SHAPES: dict[str, str] = {
    "ring": '<circle cx="6" cy="6" r="4.2"/>',
    "dashed": '<circle cx="6" cy="6" r="4.2" stroke-dasharray="2 2.4"/>',
    "dot": '<circle class="solid" cx="6" cy="6" r="3.6"/>',
    "check": '<path d="m2.2 6.4 2.6 2.6 5-5.8"/>',
    "cross": '<path d="m2.8 2.8 6.4 6.4M9.2 2.8 2.8 9.2"/>',
    "diamond": '<path d="M6 1.4 10.6 6 6 10.6 1.4 6Z"/><path d="M6 4.6v1.6M6 7.8v.1"/>',
    "triangle": '<path d="M6 1.8 10.8 10H1.2Z"/>',
    "pause": '<path d="M4 2.6v6.8M8 2.6v6.8"/>',
    "square": '<rect class="solid" x="2.6" y="2.6" width="6.8" height="6.8" rx="1"/>',
    "play": '<path class="solid" d="M3.4 2.2v7.6L9.8 6Z"/>',
    "half": '<circle cx="6" cy="6" r="4.2"/><path class="solid" d="M6 1.8a4.2 4.2 0 0 1 0 8.4Z"/>',
    "back": '<path d="M9.8 6H2.4M5.2 3 2.2 6l3 3"/>',
    "slash": '<circle cx="6" cy="6" r="4.2"/><path d="m3.2 3.2 5.6 5.6"/>',
}


def icon(name: str, *, label: str = "", css: str = "icon") -> SafeString:
    """An icon: hidden from assistive technology beside text, or carrying `label` where it stands alone."""
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(f'<svg class="{escape(css)}" viewBox="0 0 16 16" {spoken}>{PATHS[name]}</svg>')  # noqa: S308


def shape(name: str) -> SafeString:
    """The small sign at the head of a badge; always beside text, therefore hidden from assistive technology."""
    return mark_safe(f'<svg class="badge-shape" viewBox="0 0 12 12" aria-hidden="true">{SHAPES[name]}</svg>')  # noqa: S308
