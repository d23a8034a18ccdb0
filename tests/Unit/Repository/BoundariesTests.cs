using Campaigns.Db;

namespace Campaigns.Tests.Unit.Repository;

public sealed class BoundariesTests
{
    [Theory]
    [InlineData("Hangfire", "worker/Schedule.cs", "worker/Jobs/")]
    [InlineData("Mail.Delivery", "worker/Mail/Delivery/", "worker/Mail/LetterServices.cs")]
    [InlineData("MailKit", "worker/Mail/Delivery/")]
    [InlineData("using Markdig", "db/Timeline/Markdown.cs")]
    [InlineData("PublicHolidayFactory", "db/Handovers/HolidayCalendar.cs")]
    [InlineData(
        "MimeKit",
        "worker/Mail/Delivery/",
        "worker/Mail/Folder/FolderLetter.cs",
        "worker/Mail/Reports/DeliveryReport.cs"
    )]
    public void Replaceable_library_is_used_only_in_its_own_folders(string word, params string[] places)
    {
        var root = InstallationRoot.Find().Path;
        var users = new[] { "domain", "db", "api", "worker" }
            .SelectMany(project =>
                Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories)
            )
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file =>
                !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
            )
            .Where(file => File.ReadAllText(Path.Combine(root, file)).Contains(word, StringComparison.Ordinal));
        Assert.All(users, file => Assert.Contains(places, place => file.StartsWith(place, StringComparison.Ordinal)));
    }
}
