// Shows the document with Scalar, without what would leave this server.
Scalar.createApiReference("#reference", {
  url: new URL("openapi/v1.json", document.baseURI).href,
  agent: { disabled: true },
  hideClientButton: true,
  mcp: { disabled: true },
  showDeveloperTools: "never",
  telemetry: false,
  withDefaultFonts: false,
});
