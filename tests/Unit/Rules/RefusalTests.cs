using System.Reflection;
using Campaigns.Api.Http;

namespace Campaigns.Tests.Unit.Rules;

public sealed class RefusalTests
{
    [Fact]
    public void Refusals_are_the_static_members_and_no_code_can_make_another()
    {
        var members = typeof(Refusal)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(Refusal))
            .Select(field => (Refusal)field.GetValue(null)!)
            .ToList();
        Assert.Equal(members, Refusal.All);
        Assert.Equal(members.Count, members.DistinctBy(refusal => refusal.Code).Count());
        Assert.Empty(typeof(Refusal).GetConstructors());
        Assert.All(typeof(Refusal).GetProperties(), property => Assert.Null(property.SetMethod));
    }

    [Fact]
    public void Every_refusal_has_a_status_and_a_title()
    {
        Assert.Equal(Refusal.All.Select(refusal => refusal.Code).Order(), Problems.Codes.Order());
        foreach (var refusal in Refusal.All)
        {
            var details = Problems.Details(refusal);
            Assert.Equal("urn:campaign:" + refusal.Code, details.Type);
            Assert.InRange(details.Status!.Value, 400, 503);
            Assert.EndsWith(".", details.Title, StringComparison.Ordinal);
            Assert.Equal(Problems.Status(refusal.Code), details.Status);
        }
    }

    // The numbers are part of the contract: clients decide by them whether to try again.
    [Theory]
    [InlineData(400, "validation malformed-body")]
    [InlineData(401, "hook-not-signed not-signed-in")]
    [InlineData(403, "second-factor-needed session-needed own-request")]
    [InlineData(404, "not-found no-such-campaign link-not-usable")]
    [InlineData(405, "method-not-allowed")]
    [InlineData(
        409,
        "slug-taken wrong-state campaign-closed text-changed recipients-changed packet-not-ready not-yet-sealed "
            + "idempotency-key-reused approval-needed already-decided already-sent too-late-to-undo"
    )]
    [InlineData(410, "packet-stale packet-ended")]
    [InlineData(412, "changed-meanwhile")]
    [InlineData(413, "body-too-large evidence-full")]
    [InlineData(415, "evidence-type media-type")]
    [InlineData(429, "rate-limited too-many-packets")]
    [InlineData(500, "internal")]
    [InlineData(503, "frozen overloaded")]
    public void Codes_of_a_status_are_listed_here(int status, string codes) =>
        Assert.Equal(codes.Split(' ').Order(), Problems.Codes.Where(code => Problems.Status(code) == status).Order());

    [Fact]
    public void Bad_input_is_one_refusal_with_sentences_by_path()
    {
        var one = Refusal.Validation("email", "Give an address.");
        Assert.Equal("validation", one.Code);
        Assert.Equal(["Give an address."], one.Errors!["email"]);

        var errors = new FieldErrors();
        Assert.Null(errors.ToRefusal());
        errors.Add("email", "Give an address.");
        errors.Add("country", "Give a country.");
        Assert.Equal("validation", errors.ToRefusal()!.Code);
        Assert.Equal(["country", "email"], errors.ToRefusal()!.Errors!.Keys.Order());
    }
}
