using System.Net.Sockets;
using System.Text;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Faults;

/// <summary>Invalid requests that contain personal data and tokens.</summary>
internal static class MalformedRequests
{
    private const string Slug = "chechnya-2019";
    private const string Signing = $"/api/campaigns/{Slug}/signatures";

    public static async Task SendAsync(
        HttpClient http,
        HttpClient staff,
        CanarySigners signers,
        IReadOnlyList<string> secrets
    )
    {
        var signer = signers.Create();
        var (name, email, place) = ((string)signer["name"]!, (string)signer["email"]!, (string)signer["locality"]!);
        foreach (
            var body in (string[])
                [
                    $$"""{"name":"{{name}}","email":"{{email}}" """,
                    $$"""{"name":"{{name}}\ud800","email":"{{email}}","country":"NO","consents":{"sign":true} }""",
                    $$"""
                        {"name":"{{name}}\u0000","email":"{{email}} x","country":"{{name}}",
                            "locality":"{{place}}\u202e","locale":"{{name}}","disclosure":"{{name}}",
                            "textHash":"{{name}}","consents":"{{name}}"}
                        """,
                    $$"""{"{{name}}":"{{email}}"}""",
                    $"\"{name}\"",
                    $$"""{"name":["{{name}}"],"email":{"{{email}}":1},"consents":{"sign":"{{name}}" } }""",
                    $"{name}{email}",
                ]
        )
        {
            foreach (
                var path in (string[])
                    [
                        Signing,
                        $"/api/campaigns/{Slug}/manage-link",
                        $"/api/campaigns/{Slug}/subscriptions",
                        "/api/confirmations",
                        $"/c/{Slug}",
                        $"/c/{Slug}/subscribe",
                    ]
            )
                await http.PostAsync(path, HttpAnswers.Json(body));
            await http.PostAsync(Signing, HttpAnswers.Json(body, "text/plain"));
        }
        // Tokens in places where they do not belong, and requests that the server cannot parse.
        foreach (var secret in secrets)
        {
            foreach (
                var path in (string[])
                    [
                        $"/my/{secret}/more",
                        $"/confirm/{secret}",
                        $"/not-me/{secret}",
                        $"/subscribe/{secret}",
                        $"/unsubscribe/{secret}",
                        $"/api/my/signature?token={secret}",
                        $"/api/{secret}",
                        $"/{secret}",
                        $"/api/campaigns/{secret}",
                        $"/c/{secret}",
                        $"/api/staff/packets/{secret}",
                        $"/api/staff/audit?from={secret}",
                    ]
            )
                await staff.GetAsync(path);
            foreach (
                var line in (string[])
                    [
                        $"GET /my/{secret} HTTP/9.9\r\n\r\n",
                        $"GET /my/{secret}\r\n\r\n",
                        $"GE T /{secret} HTTP/1.1\r\n\r\n",
                        $"GET /%zz{secret} HTTP/1.1\r\nHost: x\r\n\r\n",
                        $"POST {Signing} HTTP/1.1\r\nHost: {secret} x\r\n\r\n",
                        $"GET / HTTP/1.1\r\nHost: x\r\nBroken {secret}\r\n\r\n",
                        $"POST {Signing} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + $"Transfer-Encoding: chunked\r\n\r\nzz{secret}\r\n",
                    ]
            )
                await SendRawAsync(http.BaseAddress!.Port, line);
        }
    }

    private static async Task SendRawAsync(int port, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        socket.Client.Shutdown(SocketShutdown.Send);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await new StreamReader(stream).ReadToEndAsync(stop.Token);
    }
}
