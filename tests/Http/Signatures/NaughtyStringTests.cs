using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>
/// Every naughty text in every field: the response is a 400 that names the field, or the text comes
/// back in its canonical form.
/// </summary>
public sealed class NaughtyStringTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Name_or_locality_is_refused_or_returned_in_canonical_form()
    {
        var accepted = new Dictionary<string, (string Field, string Typed)>(StringComparer.Ordinal);
        foreach (var (index, text) in NaughtyStrings.All.Index())
        {
            foreach (var field in (string[])["name", "locality"])
            {
                var address = string.Create(CultureInfo.InvariantCulture, $"{field}-{index}@example.org");
                var body = CampaignServer.Signature(address);
                body[field] = text;
                var answer = await shared.SignAsync(body);
                if ((int)answer.StatusCode == 202)
                    accepted[address] = (field, text);
                else
                    await answer.RefusesFieldsAsync(field);
            }
        }
        Assert.InRange(accepted.Count, 300, (2 * NaughtyStrings.All.Count) - 60);

        foreach (var (address, token) in await shared.Server.Mail.TokensAsync("/confirm/", accepted.Keys))
        {
            using var mine = shared.Server.WithBearer(await shared.Server.ConfirmAsync(token));
            var stored = await (await mine.GetAsync("/api/my/signature")).BodyAsync();
            var (field, typed) = accepted[address];
            var expected = PersonName.Check(typed).Value ?? Locality.Check(typed).Value ?? "";
            Assert.Equal(expected.Length == 0 ? null : expected, (string?)stored[field]);
            Assert.Equal(address, (string?)stored["email"]);
        }
    }

    [Fact]
    public async Task Text_in_other_fields_is_refused_or_harmless()
    {
        foreach (
            var text in NaughtyStrings.All.Where(text => !text.EndsWith("a@example.org", StringComparison.Ordinal))
        )
        {
            foreach (var field in (string[])["email", "country", "disclosure"])
                await (await SignAsync(field, text)).RefusesFieldsAsync(field);
            await CampaignServer.Expect(202, await SignAsync("locale", text));
            await (await SignAsync("textHash", text)).ProblemAsync(409, "text-changed");
        }
    }

    [Fact]
    public async Task Text_in_an_address_is_refused_or_returned_unchanged()
    {
        var typed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, text) in NaughtyStrings.All.Index())
        {
            foreach (var address in (string[])[$"x{text}@example.org", $"kari@{text}.example.org"])
            {
                // The name identifies the address. An address that differs only by normalisation replaces the
                // earlier one.
                var body = CampaignServer.Signature(address, name: $"N{typed.Count}");
                body["locality"] = "naughty";
                var answer = await shared.SignAsync(body);
                if ((int)answer.StatusCode != 202)
                    await answer.RefusesFieldsAsync("email");
                else
                    typed[$"N{typed.Count}"] = address;
            }
        }
        await shared.Server.WaitForMailAsync();

        var stored = new List<JsonObject>();
        foreach (
            var letter in shared
                .Server.Mail.All()
                .Where(letter => letter.Text.Contains("/confirm/", StringComparison.Ordinal))
        )
        {
            var answer = await shared.Http.PostAsJsonAsync(
                "/api/confirmations",
                new { token = letter.Token("/confirm/") }
            );
            if ((int)answer.StatusCode != 200)
                continue;
            using var mine = shared.Server.WithBearer((string)(await answer.BodyAsync())["manageToken"]!);
            var signature = await (await mine.GetAsync("/api/my/signature")).BodyAsync();
            if ((string?)signature["locality"] == "naughty")
                stored.Add(signature);
        }
        Assert.All(stored, signature =>
            Assert.Equal(
                typed[(string)signature["name"]!].Normalize(NormalizationForm.FormC).Trim(),
                (string?)signature["email"]
            )
        );
        Assert.Equal(
            typed.Values.Select(address => EmailAddress.Parse(address).Address!.Normalised).Distinct().Count(),
            stored.Count
        );
        Assert.InRange(stored.Count, 60, NaughtyStrings.All.Count);
    }

    [Fact]
    public async Task Text_as_token_slug_or_id_finds_nothing()
    {
        foreach (var text in NaughtyStrings.All)
        {
            await (await shared.Http.PostAsJsonAsync("/api/confirmations", new { token = text })).ProblemAsync(
                404,
                "link-not-usable"
            );
            var escaped = Uri.EscapeDataString(text);
            if (escaped.Length == 0 || text.Contains('\0', StringComparison.Ordinal) || text.Trim('.').Length == 0)
                continue;
            Assert.Equal(404, (int)(await shared.Http.GetAsync($"/api/campaigns/{escaped}")).StatusCode);
            Assert.Equal(404, (int)(await shared.Staff.GetAsync($"/api/staff/packets/{escaped}")).StatusCode);
            Assert.Equal(
                404,
                (int)
                    (
                        await shared.Staff.PostAsync(
                            $"/api/staff/campaigns/{shared.Slug}/signatures/{escaped}/release",
                            null
                        )
                    ).StatusCode
            );
        }
    }

    private Task<HttpResponseMessage> SignAsync(string field, string value)
    {
        JsonObject body = CampaignServer.Signature("naughty@example.org");
        body[field] = value;
        return shared.SignAsync(body);
    }
}
