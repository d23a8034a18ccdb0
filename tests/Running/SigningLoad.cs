using System.Collections.Concurrent;
using System.Net.Http.Json;

namespace Campaigns.Tests.Running;

/// <summary>
/// People of several countries who sign, and press the button of the letter they got, over many connections at once. Goes on through refusals
/// and dead servers; what was acknowledged is noted.
/// </summary>
public sealed class SigningLoad(Func<IEnumerable<Letter>> unread, Acknowledged acknowledged, string slug)
{
    // The last is not on the campaign's list: its line in the ledger says ZZ, its counter does not.
    private static readonly string[] _countries = ["NO", "GB", "NL", "SE"];

    private const string Person = "person-";

    private readonly ConcurrentQueue<(string Address, string Link)> _links = new();
    private int _people;

    /// <summary>How often each status was answered.</summary>
    public ConcurrentDictionary<int, int> Statuses { get; } = new();

    /// <summary>Answers other than yes that were not a 503 <c>overloaded</c> with a Retry-After.</summary>
    public ConcurrentQueue<string> Unexpected { get; } = new();

    public static SigningLoad Of(string folder, Acknowledged acknowledged, string slug)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        return new(() => new Mailbox(Path.Combine(folder, "mail")).Unread(read), acknowledged, slug);
    }

    /// <summary>Signs and confirms until told to stop; returns once the last answer is in.</summary>
    public Task RunAsync(HttpClient http, int signers, int confirmers, CancellationToken stop) => Task.WhenAll(
        Enumerable.Range(0, signers).Select(_ => Task.Run(() => SignAsync(http, stop), CancellationToken.None))
            .Concat(Enumerable.Range(0, confirmers).Select(_ => Task.Run(() => ConfirmAsync(http, stop), CancellationToken.None)))
            .Append(Task.Run(() => ReadAsync(stop), CancellationToken.None)));

    /// <summary>Runs for that long.</summary>
    public async Task RunAsync(HttpClient http, TimeSpan time)
    {
        using var stop = new CancellationTokenSource(time);
        await RunAsync(http, 6, 3, stop.Token);
    }

    private async Task SignAsync(HttpClient http, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _people);
            var (address, country) = ($"{Person}{number}@example.org", _countries[number % _countries.Length]);
            if (await PostAsync(http, $"/api/campaigns/{slug}/signatures", CampaignServer.Signature(address, country: country)) == 202) acknowledged.People[address] = country;
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private async Task ConfirmAsync(HttpClient http, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (!_links.TryDequeue(out var person))
            {
                await Task.Delay(10, CancellationToken.None);
            }
            else if (await PostAsync(http, "/api/confirmations", new { token = person.Link }) == 200)
            {
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
            foreach (var letter in unread().Where(letter => letter.To.StartsWith(Person, StringComparison.Ordinal) && letter.Text.Contains("/confirm/", StringComparison.Ordinal))) _links.Enqueue((letter.To, letter.Token("/confirm/")));
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private async Task<int> PostAsync(HttpClient http, string path, object body)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync(path, body, CancellationToken.None);
            var status = (int)answer.StatusCode;
            Statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (status is not (200 or 202) && !await IsOverloadedAsync(answer)) Unexpected.Enqueue($"{path} {status}");
            return status;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            return 0;
        }
    }

    private static async Task<bool> IsOverloadedAsync(HttpResponseMessage answer) =>
        (int)answer.StatusCode == 503 && answer.Headers.RetryAfter is not null && (string?)(await answer.BodyAsync())["type"] == "urn:campaign:overloaded";
}
