using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Faults;

/// <summary>
/// Makes signers of unique words, and registers the words and tokens to search for.
/// </summary>
internal sealed class CanarySigners(Canaries canaries, string mail)
{
    private readonly HashSet<string> _tokens = [];
    private int _count;

    /// <summary>The tokens of all links in letters that were read.</summary>
    public IReadOnlyCollection<string> Tokens => _tokens;

    /// <summary>A signer who shares no word with any other signer.</summary>
    public JsonObject Create()
    {
        var mark = $"{(char)('a' + (_count / 26))}{(char)('a' + (_count++ % 26))}";
        var body = CampaignServer.Signature(
            $"qxkanari{mark}@zwitscher{mark}.example.org",
            $"Zwærtje{mark} Qvøgelsang{mark}"
        );
        body["locality"] = $"Wxogelstadt{mark}";
        foreach (
            var word in (string[])
                [$"qxkanari{mark}", $"zwitscher{mark}", $"Zwærtje{mark}", $"Qvøgelsang{mark}", $"Wxogelstadt{mark}"]
        )
            canaries.Word(word);
        return body;
    }

    /// <summary>A member of staff and a subscriber, who get links by letter too.</summary>
    public async Task ReadOtherLettersAsync(CampaignProcess server, string data)
    {
        await InviteMemberAsync(server, data);
        await FollowAsync(server);
    }

    private async Task FollowAsync(CampaignProcess server)
    {
        var follower = Create();
        var request = new { email = (string)follower["email"]!, consent = true };
        const string Requests = "/api/campaigns/chechnya-2019/subscriptions";
        await CampaignServer.Expect(202, await server.Http.PostAsJsonAsync(Requests, request));
        var path = "/subscribe/" + await NewestTokenAsync(follower, "/subscribe/", 1);
        await CampaignServer.Expect(200, await server.Http.GetAsync(path));
        await CampaignServer.Expect(200, await server.Http.PostAsync(path, null));
    }

    // Reads the page of the invitation.
    private async Task InviteMemberAsync(CampaignProcess server, string data)
    {
        const string Email = "kanarifugl.medlem@example.org";
        canaries.Word("kanarifugl.medlem");
        string[] invite = ["staff", "invite", "Keeper", "--role", "auditor", "--email", Email];
        await CampaignProcess.RunAsync([.. invite, .. CampaignProcess.On(data)]);
        const string Path = "/staff/join/";
        var token = (await new TestMailbox(mail).WaitForAsync(Email, Path)).Token(Path);
        canaries.Token("the invitation", token);
        await CampaignServer.Expect(200, await server.Http.GetAsync(Path + token));
    }

    /// <summary>The token of the newest link to a signer with that path.</summary>
    public async Task<string> NewestTokenAsync(JsonObject signer, string path, int atLeast)
    {
        var letter = await new TestMailbox(mail).WaitForAsync((string)signer["email"]!, path, atLeast);
        foreach (Match link in Regex.Matches(letter.Text, "/(confirm|my|not-me|subscribe)/([A-Za-z0-9_-]{48,71})"))
            if (_tokens.Add(link.Groups[2].Value))
                canaries.Token($"a {link.Groups[1].Value} token", link.Groups[2].Value);
        return letter.Token(path);
    }
}
