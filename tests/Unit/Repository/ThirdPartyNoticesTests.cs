using Campaigns.Notices;

namespace Campaigns.Tests.Unit.Repository;

/// <summary>How the build handles package licences, tested with invented packages.</summary>
public sealed class ThirdPartyNoticesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("notices-").FullName;

    private static readonly AllowedLicence[] _allowed =
    [
        new("MIT", []),
        new("Apache-2.0", []),
        new("MS-PL", []),
        new("LGPL-3.0-only", ["LGPL-3.0.txt", "GPL-3.0.txt"]),
    ];

    public ThirdPartyNoticesTests()
    {
        foreach (var licence in new[] { "MIT", "Apache-2.0", "LGPL-3.0", "GPL-3.0" })
            File.WriteAllText(Path.Combine(_folder, licence + ".txt"), $"The text of {licence}.\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Notices_name_a_package_and_give_the_text_of_its_licence()
    {
        var notices = Notices();
        Add(notices, "Good", Expression("MIT"));
        Add(notices, "Better", Expression("MIT"));
        var text = notices.Write();

        Assert.Empty(notices.Errors);
        Assert.Contains(
            "Good 1.0\n  Licence:   MIT\n  Copyright: (c) Good\n  Project:   https://good.test",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "For:\n  Better 1.0: (c) Better\n  Good 1.0: (c) Good\n\nThe text of MIT.\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Equal(2, text.Split("The text of MIT.").Length);
    }

    [Fact]
    public void Notices_do_not_depend_on_package_order()
    {
        var (one, other) = (Notices(), Notices());
        foreach (var id in new[] { "A", "b", "C" })
            Add(one, id, Expression("MIT"), ("NOTICE", "Of all three.\r\n"));
        foreach (var id in new[] { "C", "b", "A" })
            Add(other, id, Expression("MIT"), ("NOTICE", "Of all three.\r\n"));
        Assert.Equal(one.Write(), other.Write());
    }

    [Theory]
    [InlineData("<license type=\"expression\">GPL-3.0-only</license>", "\"GPL-3.0-only\"")]
    [InlineData("<license type=\"expression\">MIT AND GPL-3.0-only</license>", "\"MIT AND GPL-3.0-only\"")]
    [InlineData("<license type=\"expression\">GPL-2.0 WITH Classpath-exception-2.0</license>", "WITH")]
    [InlineData("<license type=\"file\">LICENSE.md</license>", "LICENSE.md")]
    [InlineData("<licenseUrl>https://bad.test/licence</licenseUrl>", "https://bad.test/licence")]
    [InlineData("", "names no licence")]
    public void Package_without_an_allowed_licence_fails(string licence, string says)
    {
        var notices = Notices();
        Add(notices, "Bad", licence, ("LICENSE.md", "All rights reserved."));
        var error = Assert.Single(notices.Errors);
        Assert.StartsWith("Bad 1.0", error, StringComparison.Ordinal);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.Contains("docs/licences/Licences.props", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Licence_without_its_text_fails()
    {
        var notices = Notices();
        Add(notices, "Bare", Expression("MS-PL"));
        Assert.Contains("docs/licences/MS-PL.txt", Assert.Single(notices.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void First_listed_licence_is_used_when_a_package_offers_several()
    {
        var notices = Notices();
        Add(notices, "Several", Expression("MS-PL OR Apache-2.0 OR GPL-3.0-only"));
        var text = notices.Write();
        Assert.Empty(notices.Errors);
        Assert.Contains("used under Apache-2.0\n", text, StringComparison.Ordinal);
        Assert.Contains("The text of Apache-2.0.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_names_the_licence_of_a_package_with_a_licence_file()
    {
        var notices = Notices(
            new PackageLicence("Job", "LGPL-3.0-only", "LICENSE.md", "under the\n  LGPL, version 3", ["COPYING"], [])
        );
        Add(
            notices,
            "Job",
            "<license type=\"file\">LICENSE.md</license>",
            ("LICENSE.md", "Job is licensed under the LGPL,\nversion 3."),
            ("COPYING", "Long text.")
        );
        var text = notices.Write();
        Assert.Empty(notices.Errors);
        Assert.Contains("The text of LGPL-3.0.", text, StringComparison.Ordinal);
        Assert.Contains("The text of GPL-3.0.", text, StringComparison.Ordinal);
        Assert.Contains("Job is licensed under", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Long text.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Package_whose_licence_differs_from_the_table_fails()
    {
        var notices = Notices(new PackageLicence("Job", "LGPL-3.0-only", "LICENSE.md", "under the LGPL", [], []));
        Add(notices, "Job", "<license type=\"file\">LICENSE.md</license>", ("LICENSE.md", "Job is for sale."));
        Assert.Contains("LICENSE.md no longer says", Assert.Single(notices.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOTICE")]
    [InlineData("NOTICE.txt")]
    [InlineData("LICENSE.md")]
    [InlineData("THIRD-PARTY-NOTICES.TXT")]
    [InlineData("COPYING")]
    public void Notice_of_a_package_is_quoted_once(string file)
    {
        var notices = Notices();
        Add(notices, "One", Expression("Apache-2.0"), (file, "Made by One.  \r\n"));
        Add(notices, "Two", Expression("Apache-2.0"), (file, "Made by One.\n"));
        Assert.Contains(
            $"  {file} of One 1.0\n  {file} of Two 1.0\n\nMade by One.\n",
            notices.Write(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Stale_file_is_rewritten_and_fails_only_in_a_check()
    {
        var path = Path.Combine(_folder, "NOTICES.txt");
        var notices = Notices();
        Add(notices, "Good", Expression("MIT"));
        Assert.True(notices.Save(path, check: false));
        Assert.False(notices.Save(path, check: false));
        Assert.False(notices.Save(path, check: true));
        Assert.Empty(notices.Errors);

        File.AppendAllText(path, "by hand");
        var stale = File.ReadAllText(path);
        Assert.False(notices.Save(path, check: true));
        Assert.Contains("dotnet build api", Assert.Single(notices.Errors), StringComparison.Ordinal);
        Assert.Equal(stale, File.ReadAllText(path));
    }

    private ThirdPartyNotices Notices(params PackageLicence[] table) => new(_folder, _allowed, table);

    private static string Expression(string licence) => $"<license type=\"expression\">{licence}</license>";

    private void Add(ThirdPartyNotices notices, string id, string licence, params (string Name, string Text)[] files)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(
            Path.Combine(folder, id + ".nuspec"),
            $"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata>
              <id>{id}</id><version>1.0</version><authors>{id}</authors>{licence}
              <copyright>(c) {id}</copyright><projectUrl>https://{id.ToLowerInvariant()}.test</projectUrl>
            </metadata></package>
            """
        );
        foreach (var (name, text) in files)
            File.WriteAllText(Path.Combine(folder, name), text);
        notices.AddPackage(id, "1.0", folder);
    }
}
