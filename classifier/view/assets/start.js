// The start.
setTheme(matchMedia("(prefers-color-scheme: dark)").matches);
drawLegend();
drawSetters();
drawList();
explainKeys();
if (index.documents.length) show(0);
else showNothing();
listen();
