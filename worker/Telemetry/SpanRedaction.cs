using System.Diagnostics;
using OpenTelemetry;

namespace Campaigns.Worker.Telemetry;

/// <summary>
/// Leaves in a span only what this program knows to name no person: route templates, methods,
/// statuses. Paths hold links with tokens, statements and texts of errors may quote a row, and the
/// client chooses its name, the host and the state of its trace.
/// </summary>
internal sealed class SpanRedaction : BaseProcessor<Activity>
{
    private const string Method = "http.request.method";
    private const string Route = "http.route";

    private static readonly HashSet<string> _allowed = new(StringComparer.Ordinal)
    {
        Method,
        Route,
        "http.response.status_code",
        "error.type",
        "network.protocol.version",
        "url.scheme",
        "db.system.name",
        "db.response.status_code",
    };

    public override void OnEnd(Activity data)
    {
        foreach (var (name, _) in data.TagObjects.Where(tag => !_allowed.Contains(tag.Key)).ToList())
            data.SetTag(name, null);
        data.DisplayName = Name(data);
        // Without a description, which is the text of an exception.
        data.SetStatus(data.Status);
        data.TraceStateString = null;
        // Events carry exceptions and cannot be taken out. The span around it says that there was an error.
        if (data.Events.Any())
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    private static string Name(Activity span) =>
        span.GetTagItem(Method) is not string method ? span.Source.Name
        : span.GetTagItem(Route) is string route ? $"{method} {route}"
        : method;
}
