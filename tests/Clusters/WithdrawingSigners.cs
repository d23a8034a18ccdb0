using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Signers of a separate campaign who sign and confirm. Two in three then withdraw or erase their
/// signature, some before it is sealed. Each signer repeats a request until it succeeds.
/// </summary>
internal sealed class WithdrawingSigners(HttpClient http, MailWatcher letters, string slug)
{
    /// <summary>The prefix of the addresses of these signers.</summary>
    public const string Person = "leaver-";

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(4);

    private readonly ConcurrentDictionary<string, string> _confirmed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _withdrew = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _erased = new(StringComparer.Ordinal);
    private int _people;
    private int _unanswered;

    public ConcurrentQueue<string> Unexpected { get; } = new();

    /// <summary>The number of signers who neither withdrew nor erased.</summary>
    public int StillConfirmed => _confirmed.Count;

    public int Left => _withdrew.Count + _erased.Count;

    /// <summary>
    /// Adds signers until <paramref name="stop"/> is cancelled; returns once all of them have
    /// finished.
    /// </summary>
    public Task RunAsync(int lanes, CancellationToken stop) =>
        Task.WhenAll(
            Enumerable
                .Range(0, lanes)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            while (!stop.IsCancellationRequested)
                                await RunSignerAsync(Interlocked.Increment(ref _people));
                        },
                        CancellationToken.None
                    )
                )
        );

    /// <summary>
    /// Every signature has the state of the last answer to its signer: confirmed, withdrawn or
    /// erased.
    /// </summary>
    public async Task AssertStatesAsync()
    {
        foreach (
            var (state, manages) in (IEnumerable<(string, IEnumerable<string>)>)
                [("confirmed", _confirmed.Values), ("withdrawn", _withdrew.Values), ("", _erased.Values)]
        )
        {
            foreach (var manage in manages)
            {
                using var answer = await AskAsync(HttpMethod.Get, "/api/my/signature", manage);
                if (state.Length == 0)
                    await answer!.ProblemAsync(401, "not-signed-in");
                else
                    Assert.Equal(
                        state,
                        (string?)(await (await CampaignServer.Expect(200, answer!)).BodyAsync())["state"]
                    );
            }
        }
    }

    /// <summary>
    /// Compares rows by state with the acknowledged requests. A signing without an answer may have
    /// been written after its signer had withdrawn; its row is then pending.
    /// </summary>
    public void AssertRows(IReadOnlyDictionary<string, long> rows)
    {
        Assert.Equal(
            (StillConfirmed, _withdrew.Count, _erased.Count),
            (rows.GetValueOrDefault("confirmed"), rows.GetValueOrDefault("withdrawn"), rows.GetValueOrDefault("erased"))
        );
        Assert.InRange(rows.GetValueOrDefault("pending"), 0, _unanswered);
        Assert.Equal(
            rows.Values.Sum(),
            StillConfirmed + _withdrew.Count + _erased.Count + rows.GetValueOrDefault("pending")
        );
    }

    private async Task RunSignerAsync(int number)
    {
        var address = $"{Person}{number}@example.org";
        using var patience = new CancellationTokenSource(_timeout);
        await UntilAsync($"{address} could not sign", 202, () => SignAsync(address), patience: patience.Token);
        string? manage = null;
        await UntilAsync($"{address} could not confirm", 200, ConfirmAsync, mayMiss: true, patience: patience.Token);
        // Some withdraw at once, some after their line is sealed.
        await Task.Delay(TimeSpan.FromMilliseconds(number % 4 * 700), CancellationToken.None);
        if (number % 3 == 1)
        {
            await UntilAsync(
                $"{address} could not withdraw",
                204,
                () => AskAsync(HttpMethod.Post, "/api/my/signature/withdraw", manage),
                patience: patience.Token
            );
            _withdrew[address] = manage!;
        }
        else if (number % 3 == 2)
        {
            // If the first erasure succeeded, the second gets 401.
            await UntilAsync(
                $"{address} could not erase",
                204,
                () => AskAsync(HttpMethod.Delete, "/api/my/signature", manage),
                also: 401,
                patience: patience.Token
            );
            _erased[address] = manage!;
        }
        else
        {
            _confirmed[address] = manage!;
        }

        // A late signing replaces the link, so the newest link is used.
        async Task<HttpResponseMessage?> ConfirmAsync()
        {
            if (letters.LinkOf(address) is not { } link)
                return null;
            var answer = await AskAsync(HttpMethod.Post, "/api/confirmations", null, new { token = link });
            if (answer?.IsSuccessStatusCode == true)
                manage = (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["manageToken"]!;
            return answer;
        }
    }

    private async Task<HttpResponseMessage?> SignAsync(string address)
    {
        var answer = await AskAsync(
            HttpMethod.Post,
            $"/api/campaigns/{slug}/signatures",
            null,
            CampaignServer.Signature(address)
        );
        if (answer?.StatusCode is null or System.Net.HttpStatusCode.ServiceUnavailable)
            Interlocked.Increment(ref _unanswered);
        return answer;
    }

    /// <summary>
    /// Repeats the request until the answer is <paramref name="yes"/>, or <paramref name="also"/>
    /// after an earlier answer was missing. With <paramref name="mayMiss"/> a link may be outdated.
    /// </summary>
    private async Task UntilAsync(
        string complaint,
        int yes,
        Func<Task<HttpResponseMessage?>> ask,
        int also = -1,
        bool mayMiss = false,
        CancellationToken patience = default
    )
    {
        var answers = new List<int>();
        while (true)
        {
            Assert.False(patience.IsCancellationRequested, $"{complaint}: {string.Join(' ', answers)}");
            using var answer = await ask();
            var status = (int?)answer?.StatusCode ?? 0;
            if (status == yes || (status == also && answers.Any(one => one is 0 or 503)))
                return;
            answers.Add(status);
            if (status is not (0 or 503) && !(status == 404 && mayMiss))
                Unexpected.Enqueue($"{complaint}: {status}");
            await Task.Delay(100, CancellationToken.None);
        }
    }

    /// <summary>Returns null when no answer came.</summary>
    private async Task<HttpResponseMessage?> AskAsync(
        HttpMethod method,
        string path,
        string? bearer,
        object? body = null
    )
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
                request.Content = JsonContent.Create(body, body.GetType());
            if (bearer is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            return await http.SendAsync(request, CancellationToken.None);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
