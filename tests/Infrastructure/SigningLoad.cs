using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// People of several countries who sign, and press the button of the letter they got, over many
/// connections at once. Goes on through refusals and dead servers, as people do: whoever got no
/// answer signs again, in other capitals and from another country. What was acknowledged is noted.
/// </summary>
public sealed class SigningLoad(Func<IEnumerable<Letter>> unread, AcknowledgedSignatures acknowledged, string slug)
{
    // The last is not on the campaign's list: its line in the ledger says ZZ, its counter does not.
    private static readonly string[] _countries = ["NO", "GB", "NL", "SE"];

    /// <summary>
    /// How often an address is signed with: it gets five letters a week, and one of them is the
    /// manage link.
    /// </summary>
    public const int MostTimes = 4;

    private const string Person = "person-";

    private const int NeverSent = -1;

    private readonly ConcurrentQueue<(string Address, string Link)> _links = new();
    private readonly ConcurrentQueue<int> _again = new();
    private readonly ConcurrentQueue<int> _nextTime = new();

    // Signed with a second time, or about to be: a link mailed before may be replaced.
    private readonly ConcurrentDictionary<string, bool> _repeated = new(StringComparer.Ordinal);
    private int _people;

    /// <summary>
    /// Whether some who were answered sign again too: half of them at once, half of them in the
    /// next run.
    /// </summary>
    public bool Repeats { get; init; }

    /// <summary>
    /// How long each of those who sign waits after an answer, for the next person.
    /// </summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>How long after a no, or no answer at all.</summary>
    public TimeSpan PauseAfterNo { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// How often each status was answered. A link that was replaced and says so is none of them.
    /// </summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = new();

    /// <summary>
    /// HttpAnswers other than yes that were not a 503 <c>overloaded</c> with a Retry-After.
    /// </summary>
    public ConcurrentQueue<string> Unexpected { get; } = new();

    public static SigningLoad Of(string folder, AcknowledgedSignatures acknowledged, string slug, bool repeats = false)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        return new(() => new Mailbox(Path.Combine(folder, "mail")).Unread(read), acknowledged, slug)
        {
            Repeats = repeats,
        };
    }

    /// <summary>
    /// Signs and confirms until told to stop; returns once the last answer is in.
    /// </summary>
    public Task RunAsync(HttpClient http, int signers, int confirmers, CancellationToken stop)
    {
        while (_nextTime.TryDequeue(out var number))
            _again.Enqueue(number);
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
    /// Runs until more people signed and confirmed, however slow the machine is; fails when they
    /// cannot.
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

    /// <summary>Runs until more people signed.</summary>
    public Task RunUntilSignedAsync(HttpClient http)
    {
        var people = acknowledged.People.Count;
        return RunUntilAsync(http, () => acknowledged.People.Count > people + 20, "no more people sign");
    }

    /// <summary>Runs until that is true.</summary>
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
            if (!_again.TryDequeue(out var number))
                number = Interlocked.Increment(ref _people);
            await Task.Delay(await SignAsync(http, number) == 202 ? Pause : PauseAfterNo, CancellationToken.None);
        }
    }

    private async Task<int> SignAsync(HttpClient http, int number)
    {
        var address = $"{Person}{number}@example.org";
        var times = Times(address);
        if (times > 0)
            _repeated[address] = true;
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
        if (status != 202 && Times(address) < MostTimes)
            _again.Enqueue(number);
        else if (Repeats && times == 0 && number % 4 == 0)
            (number % 8 == 0 ? _again : _nextTime).Enqueue(number);
        return status;
    }

    /// <summary>How often the address was signed with, as far as anybody can tell.</summary>
    private int Times(string address) => acknowledged.Asked.TryGetValue(address, out var asked) ? asked.Count : 0;

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
                // Whoever gets no answer presses again.
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
    /// The status; 0 when no answer came, <see cref="NeverSent"/> when there was nobody to send to.
    /// </summary>
    private async Task<int> PostAsync(HttpClient http, string path, object body, string? confirms = null)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync(path, body, CancellationToken.None);
            var status = (int)answer.StatusCode;
            if (status == 404 && confirms is not null && _repeated.ContainsKey(confirms))
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
