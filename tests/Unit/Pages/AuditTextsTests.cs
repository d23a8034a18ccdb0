using System.Globalization;
using System.Text.RegularExpressions;
using Campaigns.Db;
using Campaigns.Db.Staff;

namespace Campaigns.Tests.Unit.Pages;

public sealed partial class AuditTextsTests
{
    private static readonly string[] _writers = [".Audit(", nameof(AuditStore)];

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public void Every_action_that_the_code_writes_has_a_sentence(string language)
    {
        var texts = new System.Resources.ResourceManager(
            "Campaigns.Api.StaffConsole.Audit.AuditTexts",
            typeof(Api.StaffConsole.Audit.AuditTexts).Assembly
        );
        var culture = CultureInfo.GetCultureInfo(language);
        var actions = WrittenActions().ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string> { "packet.download", "campaign.closed", "staff.add" }, actions);
        foreach (var action in actions)
        {
            Assert.False(string.IsNullOrEmpty(texts.GetString("Action." + action, culture)), action);
            Assert.False(string.IsNullOrEmpty(texts.GetString("Kind." + action.Split('.')[0], culture)), action);
        }
    }

    // Every literal that looks like an action, in a file that writes to the trail.
    private static IEnumerable<string> WrittenActions()
    {
        var root = InstallationRoot.Find().Path;
        foreach (var folder in (string[])["api", "db", "worker"])
        {
            foreach (
                var file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
            )
            {
                if (file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
                    continue;
                var source = File.ReadAllText(file);
                if (!_writers.Any(writer => source.Contains(writer, StringComparison.Ordinal)))
                    continue;
                foreach (Match action in ActionText().Matches(source))
                    yield return action.Groups[1].Value;
                // The state that a campaign enters is the action.
                if (source.Contains("\"campaign.\" + state", StringComparison.Ordinal))
                    foreach (var state in CampaignState.All.Where(state => state != CampaignState.Draft))
                        yield return "campaign." + state;
            }
        }
    }

    [GeneratedRegex("\"([a-z][a-z-]{3,}\\.[a-z][a-z-]+)\"")]
    private static partial Regex ActionText();
}
