using System.Net;
using Campaigns.Worker.Mail;
using DnsClient;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Mail;

/// <summary>The texts that the domain of <c>Mail:From</c> publishes in the DNS.</summary>
internal sealed class MailDomain(IOptions<MailOptions> mail, IOptions<DoctorOptions> doctor)
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(4);

    /// <summary>Why nothing can be looked up; null when it can.</summary>
    public string? Obstacle =>
        mail.Value.Transport != MailTransport.Smtp ? "Mail:Transport is folder: no server judges the sender."
        : !Name.Contains('.', StringComparison.Ordinal) ? "The domain of Mail:From is a name of this machine."
        : null;

    public string Name => mail.Value.SenderDomain;

    /// <summary>The texts of <c>prefix.domain</c>, or of a domain; null when the DNS does not
    /// answer.</summary>
    public async Task<IReadOnlyList<string>?> FindTextsAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var answer = await Client().QueryAsync(name, QueryType.TXT, cancellationToken: cancellation);
            return answer.HasError && answer.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain
                ? null
                : [.. answer.Answers.TxtRecords().Select(record => string.Concat(record.Text))];
        }
        catch (DnsResponseException)
        {
            return null;
        }
    }

    private LookupClient Client()
    {
        var resolver = doctor.Value.Resolver;
        var options =
            resolver.Length == 0
                ? new LookupClientOptions()
                : new LookupClientOptions(
                    IPEndPoint.Parse(resolver) is { Port: > 0 } full
                        ? full
                        : new IPEndPoint(IPAddress.Parse(resolver), 53)
                );
        options.UseCache = false;
        options.Timeout = _timeout;
        options.Retries = 1;
        return new LookupClient(options);
    }
}
