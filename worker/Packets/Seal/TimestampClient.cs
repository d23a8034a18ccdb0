using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Campaigns.Worker.Packets.Seal;

/// <summary>Asks a server for a time-stamp of a signature (RFC 3161 over HTTP).</summary>
internal sealed class TimestampClient : IDisposable
{
    private const int MostBytes = 64 * 1024;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <summary>
    /// Null when the server gives none: it does not answer, refuses, or answers with a token of
    /// something else.
    /// </summary>
    public Rfc3161TimestampToken? Request(Uri server, SignerInfo signature, CancellationToken cancellation)
    {
        var asked = Rfc3161TimestampRequest.CreateFromSignerInfo(
            signature,
            HashAlgorithmName.SHA256,
            nonce: RandomNumberGenerator.GetBytes(16),
            requestSignerCertificates: true
        );
        try
        {
            var token = asked.ProcessResponse(Post(server, asked.Encode(), cancellation), out _);
            return token.VerifySignatureForSignerInfo(signature, out _) ? token : null;
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or CryptographicException
                || (error is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private byte[] Post(Uri server, byte[] query, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server) { Content = new ByteArrayContent(query) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        using var answer = _http.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        answer.EnsureSuccessStatusCode();
        using var body = answer.Content.ReadAsStream(cancellation);
        var bytes = new byte[MostBytes];
        var read = body.ReadAtLeast(bytes, MostBytes, throwOnEndOfStream: false);
        return bytes[..read];
    }
}
