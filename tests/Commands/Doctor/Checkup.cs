using System.Text.Json.Nodes;
using Campaigns.Api.Commands;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>A run of the command <c>doctor --json</c> in the process of the test.</summary>
internal sealed class Checkup
{
    private readonly Dictionary<string, JsonNode> _checks;

    private Checkup(int code, string output)
    {
        (Code, Output) = (code, output);
        _checks = JsonNode.Parse(output)!["checks"]!
            .AsArray()
            .ToDictionary(check => (string)check!["name"]!, check => check!, StringComparer.Ordinal);
    }

    public int Code { get; }

    public string Output { get; }

    public IEnumerable<string> Names => _checks.Keys;

    /// <summary>Runs it on a fixture that is open, or was closed.</summary>
    public static Task<Checkup> RunAsync(CampaignFixture fixture, params string[] settings) =>
        RunOnAsync(fixture.Data, Path.Combine(fixture.Folder, "keys"), settings);

    /// <summary>Runs it beside a server.</summary>
    public static Task<Checkup> RunAsync(CampaignServer server, params string[] settings) =>
        RunOnAsync(
            server.Folder,
            Path.Combine(server.Folder, "keys"),
            [$"--PublicUrl={server.Url.GetLeftPart(UriPartial.Authority)}", .. settings]
        );

    public static async Task<Checkup> RunOnAsync(string data, string keys, params string[] settings)
    {
        using var output = new StringWriter();
        var code = await CommandLine.RunAsync(
            [
                "doctor",
                "--json",
                "--Mail:Transport=folder",
                $"--Data:Directory={data}",
                $"--Keys:Directory={keys}",
                .. DatabaseUnderTest.Arguments(data),
                .. settings,
            ],
            output,
            TextWriter.Null
        );
        return new Checkup(code, output.ToString());
    }

    /// <summary>Breaks the database of a fixture past the product.</summary>
    public static void Execute(CampaignFixture fixture, string sql, object? parameters = null)
    {
        using var connection = DatabaseUnderTest.Open(fixture.Data);
        connection.Execute(sql, parameters);
    }

    public string Result(string name) => (string)_checks[name]["result"]!;

    public string Message(string name) => (string)_checks[name]["message"]!;

    public void AssertPasses(string name) => Assert.True(Result(name) == "pass", $"{name}: {_checks[name]}");

    public void AssertSkips(string name, string why)
    {
        Assert.True(Result(name) == "skipped", $"{name}: {_checks[name]}");
        Assert.Contains(why, Message(name), StringComparison.Ordinal);
    }

    public void AssertWarns(string name, string message, string remedy) => AssertFinds("warn", name, message, remedy);

    public void AssertFails(string name, string message, string remedy)
    {
        AssertFinds("fail", name, message, remedy);
        Assert.Equal(2, Code);
    }

    private void AssertFinds(string result, string name, string message, string remedy)
    {
        Assert.True(Result(name) == result, $"{name}: {_checks[name]}");
        Assert.Contains(message, Message(name), StringComparison.Ordinal);
        Assert.Contains(remedy, (string)_checks[name]["remedy"]!, StringComparison.Ordinal);
    }
}
