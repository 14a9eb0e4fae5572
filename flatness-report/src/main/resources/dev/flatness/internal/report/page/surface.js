"use strict";
(async () => {
  const places = [...document.querySelectorAll(".surface")];
  const tell = (words) => {
    for (const place of places) {
      place.style.height = "auto";
      place.textContent = words;
    }
  };
  const probe = document.createElement("canvas");
  if (!probe.getContext("webgl")) {
    tell("This browser draws no surfaces (it has no WebGL). The map beside shows the same numbers.");
    return;
  }
  if (typeof DecompressionStream === "undefined") {
    tell("This browser is too old to draw the surface. The map beside shows the same numbers.");
    return;
  }
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const draw = () => {
    for (const place of places) {
      const data = JSON.parse(document.getElementById(place.dataset.of).textContent);
      const axis = (title) => ({ title: { text: title }, gridcolor: color("--rule"), zerolinecolor: color("--rule") });
      const z = axis(data.logarithmic ? "loss (logarithmic)" : "loss");
      if (data.logarithmic) { z.type = "log"; z.range = data.range.map(Math.log10); } else { z.range = data.range; }
      Plotly.react(place, [{
        type: "surface", x: data.x, y: data.y, z: data.z,
        surfacecolor: data.logarithmic ? data.z.map((row) => row.map((v) => v > 0 ? Math.log10(v) : null)) : data.z,
        colorscale: "Viridis", showscale: false,
        cmin: data.logarithmic ? Math.log10(data.range[0]) : data.range[0],
        cmax: data.logarithmic ? Math.log10(data.range[1]) : data.range[1],
        hovertemplate: "%{x:.3g}, %{y:.3g}: %{z:.4g}<extra></extra>"
      }], {
        margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)",
        font: { color: color("--ink") },
        scene: { xaxis: axis("direction 1"), yaxis: axis("direction 2"), zaxis: z, aspectmode: "cube" }
      }, { responsive: true, displaylogo: false });
      place.dataset.drawn = "true";
    }
  };
  draw();
  document.addEventListener("theme", draw);
})();
