using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Signers of several countries who sign and confirm over many connections at once. They continue
/// through refusals and dead servers: a signer without an answer signs again, in other capitals and
/// from another country. Acknowledged requests are recorded.
/// </summary>
public sealed class SigningLoad(Func<IEnumerable<Letter>> unread, AcknowledgedSignatures acknowledged, string slug)
{
    // The last is not on the campaign's list: its ledger line has ZZ, its counter has SE.
    private static readonly string[] _countries = ["NO", "GB", "NL", "SE"];

    /// <summary>
    /// How often an address may sign: it gets five letters a week, and one of them is the manage
    /// link.
    /// </summary>
    public const int MaxSigningsPerAddress = 4;

    private const string Person = "person-";

    private const int NeverSent = -1;

    private readonly ConcurrentQueue<(string Address, string Link)> _links = new();
    private readonly ConcurrentQueue<int> _retries = new();
    private readonly ConcurrentQueue<int> _nextRun = new();

    // Addresses that signed a second time, or are about to: an earlier link may be invalid.
    private readonly ConcurrentDictionary<string, bool> _signedTwice = new(StringComparer.Ordinal);
    private int _people;

    /// <summary>
    /// Whether some answered signers sign again: half of them at once, half of them in the next
    /// run.
    /// </summary>
    public bool Repeats { get; init; }

    /// <summary>The pause of a signer after an accepted request.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The pause after a refusal, or when no answer came.</summary>
    public TimeSpan PauseAfterRefusal { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How often each status was returned. A 404 for a replaced link is not counted.
    /// </summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = new();

    /// <summary>Refusals other than a 503 <c>overloaded</c> with a Retry-After.</summary>
    public ConcurrentQueue<string> Unexpected { get; } = new();

    public static SigningLoad Of(string folder, AcknowledgedSignatures acknowledged, string slug, bool repeats = false)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        return new(() => new TestMailbox(Path.Combine(folder, "mail")).Unread(read), acknowledged, slug)
        {
            Repeats = repeats,
        };
    }

    /// <summary>
    /// Signs and confirms until <paramref name="stop"/> is cancelled; returns once the last answer
    /// is in.
    /// </summary>
    public Task RunAsync(HttpClient http, int signers, int confirmers, CancellationToken stop)
    {
        while (_nextRun.TryDequeue(out var number))
            _retries.Enqueue(number);
        return Task.WhenAll(
            Enumerable
                .Range(0, signers)
                .Select(_ => Task.Run(() => SignAsync(http, stop), CancellationToken.None))
                .Concat(
                    Enumerable
                        .Range(0, confirmers)
                        .Select(_ => Task.Run(() => ConfirmAsync(http, stop), CancellationToken.None))
                )
                .Append(Task.Run(() => ReadAsync(stop), CancellationToken.None))
        );
    }

    /// <summary>Runs for that long.</summary>
    public async Task RunAsync(HttpClient http, TimeSpan time)
    {
        using var stop = new CancellationTokenSource(time);
        await RunAsync(http, 6, 3, stop.Token);
    }

    /// <summary>
    /// Runs until more people have signed and confirmed, however slow the machine is; fails when
    /// they cannot.
    /// </summary>
    public Task RunUntilConfirmedAsync(HttpClient http)
    {
        var (people, confirmed) = (acknowledged.People.Count, acknowledged.Confirmed.Count);
        return RunUntilAsync(
            http,
            () => acknowledged.People.Count > people + 20 && acknowledged.Confirmed.Count > confirmed + 20,
            "no more people sign and confirm"
        );
    }

    /// <summary>Runs until more people have signed.</summary>
    public Task RunUntilSignedAsync(HttpClient http)
    {
        var people = acknowledged.People.Count;
        return RunUntilAsync(http, () => acknowledged.People.Count > people + 20, "no more people sign");
    }

    /// <summary>Runs until a condition is true.</summary>
    public async Task RunUntilAsync(HttpClient http, Func<bool> isTrue, string otherwise)
    {
        using var stop = new CancellationTokenSource();
        var running = RunAsync(http, 6, 3, stop.Token);
        try
        {
            await CampaignServer.UntilAsync(isTrue, otherwise);
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private async Task SignAsync(HttpClient http, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (!_retries.TryDequeue(out var number))
                number = Interlocked.Increment(ref _people);
            await Task.Delay(await SignAsync(http, number) == 202 ? Pause : PauseAfterRefusal, CancellationToken.None);
        }
    }

    private async Task<int> SignAsync(HttpClient http, int number)
    {
        var address = $"{Person}{number}@example.org";
        var times = CountSignings(address);
        if (times > 0)
            _signedTwice[address] = true;
        var (typed, country) = (
            times % 2 == 0 ? address : address.ToUpperInvariant(),
            _countries[(number + times) % _countries.Length]
        );
        var status = await PostAsync(
            http,
            $"/api/campaigns/{slug}/signatures",
            CampaignServer.Signature(typed, country: country)
        );
        if (status != NeverSent)
            acknowledged.Note(address, country, status == 202);
        if (status != 202 && CountSignings(address) < MaxSigningsPerAddress)
            _retries.Enqueue(number);
        else if (Repeats && times == 0 && number % 4 == 0)
            (number % 8 == 0 ? _retries : _nextRun).Enqueue(number);
        return status;
    }

    /// <summary>How often the address may have signed.</summary>
    private int CountSignings(string address) =>
        acknowledged.Asked.TryGetValue(address, out var asked) ? asked.Count : 0;

    private async Task ConfirmAsync(HttpClient http, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (!_links.TryDequeue(out var person))
            {
                await Task.Delay(10, CancellationToken.None);
            }
            else if (
                await PostAsync(http, "/api/confirmations", new { token = person.Link }, person.Address)
                is var status
                    and (200 or 404)
            )
            {
                if (status == 200)
                    acknowledged.Confirmed[person.Address] = person.Link;
            }
            else
            {
                // Without an answer the signer confirms again.
                _links.Enqueue(person);
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private async Task ReadAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (
                var letter in unread()
                    .Where(letter =>
                        letter.To.StartsWith(Person, StringComparison.OrdinalIgnoreCase)
                        && letter.Text.Contains("/confirm/", StringComparison.Ordinal)
                    )
            )
                _links.Enqueue((letter.To.ToLowerInvariant(), letter.Token("/confirm/")));
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>
    /// Returns the status; 0 when no answer came, <see cref="NeverSent"/> when no server accepted
    /// the connection.
    /// </summary>
    private async Task<int> PostAsync(HttpClient http, string path, object body, string? confirms = null)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync(path, body, CancellationToken.None);
            var status = (int)answer.StatusCode;
            if (status == 404 && confirms is not null && _signedTwice.ContainsKey(confirms))
                return status;
            Statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (status is not (200 or 202) && !await IsOverloadedAsync(answer))
                Unexpected.Enqueue($"{path} {status}");
            return status;
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return NeverSent;
        }
        catch (Exception error)
            when (error is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            return 0;
        }
    }

    private static async Task<bool> IsOverloadedAsync(HttpResponseMessage answer) =>
        (int)answer.StatusCode == 503
        && answer.Headers.RetryAfter is not null
        && (string?)(await answer.BodyAsync())["type"] == "urn:campaign:overloaded";
}
