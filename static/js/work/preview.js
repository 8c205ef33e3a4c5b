// A real task shown on the preview page, to look at only.

const data = document.getElementById("example-data");
const root = document.getElementById("example");

async function show() {
  const { script, question, item, mediaUrl, mediaUrls } = JSON.parse(data.textContent);
  const tool = await import(script);
  tool.mount(root, { question, item, mediaUrl, mediaUrls, draft: null, readonly: true, layers: [], onChange() {}, onSubmit() {} });
}

if (data && root) show();
