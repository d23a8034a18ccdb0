using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using Campaigns.Db.Inspection;
using Campaigns.Worker;

namespace Campaigns.Api.Doctor.Web;

/// <summary>
/// Asks <c>PublicUrl</c> as a visitor would. Several checks read one answer, which is asked for
/// again after some seconds.
/// </summary>
internal sealed class PublicAddressProbe(PublicAddress address, InstallationIdentity identity, TimeProvider time)
{
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private Task<PublicAnswer>? _asked;
    private long _askedAt;

    public Task<PublicAnswer> AskAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_asked is null || time.GetElapsedTime(_askedAt) > _fresh)
            {
                _askedAt = time.GetTimestamp();
                _asked = AskNowAsync();
            }
            return _asked.WaitAsync(cancellation);
        }
    }

    private async Task<PublicAnswer> AskNowAsync()
    {
        DateTimeOffset? ends = null;
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    if (certificate is System.Security.Cryptography.X509Certificates.X509Certificate2 known)
                        ends = known.NotAfter;
                    return errors == SslPolicyErrors.None;
                },
            },
        };
        using var http = new HttpClient(handler) { Timeout = _timeout };
        var challenge = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        try
        {
            using var answer = await http.GetAsync(new Uri($"{address.Url}/api/identity/{challenge}"));
            DateTimeOffset? date = answer.Headers.Date;
            var at = time.GetUtcNow();
            var view = answer.IsSuccessStatusCode ? await ReadAsync(answer) : null;
            using var page = await http.GetAsync(new Uri($"{address.Url}/"));
            return new PublicAnswer
            {
                IsOurs = view is not null && IsOurs(view, challenge),
                Identity = view,
                CertificateEnds = ends,
                Date = date is { } sent ? (sent, at) : null,
                PageHeaders = page
                    .Headers.Concat(page.Content.Headers)
                    .ToDictionary(
                        header => header.Key,
                        header => string.Join(", ", header.Value),
                        StringComparer.OrdinalIgnoreCase
                    ),
            };
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return new PublicAnswer
            {
                Failure = error is HttpRequestException failed ? failed.HttpRequestError.ToString() : "time-out",
                IsCertificateRefused = error.InnerException is AuthenticationException,
                CertificateEnds = ends,
            };
        }
    }

    private bool IsOurs(IdentityView view, string challenge) => view.Answer == identity.Answer(challenge);

    private static async Task<IdentityView?> ReadAsync(HttpResponseMessage answer)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<IdentityView>();
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
