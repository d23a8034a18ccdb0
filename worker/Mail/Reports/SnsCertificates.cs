using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>
/// The certificates with which Amazon SNS signs: the one of <c>Mail:Hooks:SnsCertificate</c>, or
/// those that Amazon's own hosts serve.
/// </summary>
public sealed partial class SnsCertificates(IOptions<MailOptions> options) : IDisposable
{
    private const int MostBytes = 64 * 1024;
    private const int MostKept = 16;

    private readonly ConcurrentDictionary<string, X509Certificate2> _fetched = new(StringComparer.Ordinal);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MostBytes,
    };

    /// <summary>
    /// True for an address from which a certificate may be fetched: that of SNS in the region of
    /// the topic. Any other could be anyone's, such as a bucket of S3 with the name <c>sns</c>.
    /// </summary>
    public static bool IsAmazon([NotNullWhen(true)] string? url, string topic) =>
        url is not null
        && Amazon().Match(url) is { Success: true } host
        && topic.Split(':') is [_, _, _, var region, ..]
        && host.Groups[1].Value == region;

    /// <summary>Null if there is none that can be trusted.</summary>
    public async Task<X509Certificate2?> FindAsync(string? url, CancellationToken cancellation)
    {
        if (options.Value.Hooks.SnsCertificate is { Length: > 0 } file)
            return _fetched.GetOrAdd(file, X509CertificateLoader.LoadCertificateFromFile);
        if (!IsAmazon(url, options.Value.Hooks.SnsTopic))
            return null;
        if (_fetched.TryGetValue(url, out var known))
            return known;
        try
        {
            var certificate = X509Certificate2.CreateFromPem(
                await _http.GetStringAsync(new Uri(url, UriKind.Absolute), cancellation)
            );
            return _fetched.Count < MostKept ? _fetched.GetOrAdd(url, certificate) : certificate;
        }
        catch (Exception error)
            when (error is HttpRequestException or CryptographicException
                || (error is OperationCanceledException && !cancellation.IsCancellationRequested)
            )
        {
            return null;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        foreach (var certificate in _fetched.Values)
            certificate.Dispose();
    }

    [GeneratedRegex(
        @"\Ahttps://sns\.([a-z]{2}(?:-[a-z]+)+-[0-9]+)\.amazonaws\.com(?:\.cn)?"
            + @"/SimpleNotificationService-[0-9a-f]+\.pem\z"
    )]
    private static partial Regex Amazon();
}
