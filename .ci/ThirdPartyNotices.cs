#nullable enable
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
#if !NET
using Microsoft.Build.Framework;
#endif

namespace Campaigns.Notices;

#if !NET
/// <summary>
/// Writes or checks THIRD-PARTY-NOTICES.txt from the table docs/licences/Licences.props. MSBuild
/// compiles this file alone, for netstandard2.0. The tests compile it for .NET without this class,
/// which needs MSBuild.
/// </summary>
public sealed class WriteThirdPartyNotices : Microsoft.Build.Utilities.Task
{
    [Required] public string Root { get; set; } = "";
    [Required] public string Mode { get; set; } = "";
    [Required] public ITaskItem[] ShippedFiles { get; set; } = [];
    [Required] public ITaskItem[] AllowedLicences { get; set; } = [];
    [Required] public ITaskItem[] PackageLicences { get; set; } = [];
    [Required] public ITaskItem[] BundledParts { get; set; } = [];

    public override bool Execute()
    {
        var notices = new ThirdPartyNotices(
            Path.Combine(Root, "docs", "licences"),
            [.. AllowedLicences.Select(item => new AllowedLicence(item.ItemSpec, List(item, "Texts")))],
            [.. PackageLicences.Select(item => new PackageLicence(
                item.ItemSpec, item.GetMetadata("Licence"), item.GetMetadata("StatedIn"), item.GetMetadata("Statement"),
                List(item, "Omit"), List(item, "Texts")))]);
        foreach (var package in ShippedFiles
            .Where(file => file.GetMetadata("NuGetPackageId").Length > 0)
            .GroupBy(PackageFolder, StringComparer.Ordinal))
        {
            var file = package.First();
            notices.AddPackage(
                file.GetMetadata("NuGetPackageId"), file.GetMetadata("NuGetPackageVersion"), package.Key);
        }
        foreach (var part in BundledParts)
        {
            notices.AddPart(part.ItemSpec, part.GetMetadata("Version"), part.GetMetadata("Licence"),
                part.GetMetadata("Copyright"), part.GetMetadata("ProjectUrl"));
        }
        var renewed = notices.Save(Path.Combine(Root, "THIRD-PARTY-NOTICES.txt"), check: Mode == "check");
        foreach (var error in notices.Errors) Log.LogError(error);
        if (renewed)
        {
            Log.LogMessage(MessageImportance.High,
                "THIRD-PARTY-NOTICES.txt was renewed. Read what changed, and commit it.");
        }
        return !Log.HasLoggedErrors;
    }

    private static string PackageFolder(ITaskItem file)
    {
        var path = file.GetMetadata("FullPath").Replace('\\', '/');
        return path.Substring(0, path.Length - file.GetMetadata("PathInPackage").Length);
    }

    private static string[] List(ITaskItem item, string metadata) =>
        [.. item.GetMetadata(metadata).Split(';').Select(part => part.Trim()).Where(part => part.Length > 0)];
}
#endif

/// <summary>A licence that may ship: its SPDX name and the files with its text.</summary>
public sealed class AllowedLicence(string name, string[] texts)
{
    public string Name => name;
    public string[] Texts => texts.Length > 0 ? texts : [name + ".txt"];
}

/// <summary>
/// The licence of a package that does not state it fully, and the file of the package that proves
/// it.
/// </summary>
public sealed class PackageLicence(
    string package, string licence, string statedIn, string statement, string[] omit, string[] texts)
{
    public string Package => package;
    public string Licence => licence;
    public string StatedIn => statedIn;
    public string Statement => statement;
    public string[] Omit => omit;
    public string[] Texts => texts;
}

/// <summary>The notices: every shipped part with its licence, then every text once.</summary>
public sealed class ThirdPartyNotices(
    string textFolder, IReadOnlyList<AllowedLicence> allowed, IReadOnlyList<PackageLicence> packageLicences)
{
    private const string Table = "docs/licences/Licences.props";
    private static readonly string _rule = new('=', 80);
    private static readonly Regex _noticeFile =
        new("^(licen[cs]e|copying|notice|third-?party|copyright)", RegexOptions.IgnoreCase);

    private readonly SortedDictionary<string, string> _parts = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, Text> _licenceTexts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Text> _packageTexts = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _errors = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Errors => _errors;

    public void AddPackage(string id, string version, string folder)
    {
        var name = id + " " + version;
        var nuspec = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Root!;
        string Value(string element) => Squeeze(Find(nuspec, element)?.Value ?? "");

        var own = packageLicences.FirstOrDefault(entry => Same(entry.Package, id));
        var stated = Find(nuspec, "license");
        var licence = own?.Licence ?? (stated?.Attribute("type")?.Value == "expression" ? stated.Value.Trim() : "");
        if (licence.Length == 0)
        {
            _errors.Add($"{name} names no licence by its SPDX name. Read {stated?.Value ?? Value("licenseUrl")}; if it "
                + $"may ship, say which licence it has in {Table} (PackageLicence), or else remove the package.");
            return;
        }
        var chosen = Choose(name, licence);
        if (chosen is null) return;
        if (own is { StatedIn.Length: > 0 } && !States(Path.Combine(folder, own.StatedIn), own.Statement))
        {
            _errors.Add($"{name}: {own.StatedIn} no longer says \"{Squeeze(own.Statement)}\". Read its licence again "
                + $"and correct its PackageLicence in {Table}.");
            return;
        }

        var repository = Find(nuspec, "repository");
        var source = repository?.Attribute("url")?.Value ?? "";
        var commit = repository?.Attribute("commit")?.Value;
        var copyright = Value("copyright");
        if (copyright.Length == 0) copyright = "by " + Value("authors");
        var project = Value("projectUrl");
        AddEntry(name, licence, chosen, copyright, project.Length > 0 ? project : source,
            commit is null ? source : source + " at " + commit);
        AddLicenceTexts(name, copyright, chosen, own?.Texts ?? []);

        foreach (var file in Directory.GetFiles(folder).Select(file => Path.GetFileName(file)))
        {
            if (!_noticeFile.IsMatch(file) && !Same(file, stated?.Value.Trim() ?? "")) continue;
            if (own?.Omit.Contains(file, StringComparer.OrdinalIgnoreCase) == true) continue;
            var text = Read(Path.Combine(folder, file));
            var key = Squeeze(text);
            if (!_packageTexts.TryGetValue(key, out var known)) _packageTexts[key] = known = new Text(text);
            known.Users.Add(file + " of " + name);
        }
    }

    public void AddPart(string name, string version, string licence, string copyright, string project)
    {
        name = name + " " + version;
        var chosen = Choose(name, licence);
        if (chosen is null) return;
        AddEntry(name, licence, chosen, copyright, project, "");
        AddLicenceTexts(name, copyright, chosen, []);
    }

    /// <summary>
    /// Writes the file if it differs; when checking, a difference is an error. True if it wrote.
    /// </summary>
    public bool Save(string path, bool check)
    {
        var text = Write();
        if (_errors.Count > 0) return false;
        if (File.Exists(path) && File.ReadAllText(path).Replace("\r\n", "\n") == text) return false;
        if (check)
        {
            _errors.Add($"{Path.GetFileName(path)} does not match the packages and fonts that ship. Renew it with "
                + "'dotnet build api -p:ThirdPartyNotices=renew', read what changed, and commit it.");
            return false;
        }
        // Written to a temporary file and renamed, so that a concurrent build never reads half a file.
        var part = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        File.WriteAllText(part, text);
        File.Delete(path);
        File.Move(part, path);
        return true;
    }

    public string Write()
    {
        var output = new StringBuilder();
        output.Append("THIRD-PARTY NOTICES\n\n"
            + "LICENSE is the licence of Campaign itself. The published program contains the packages and fonts\n"
            + "below, each under its own licence. The texts of these licences follow, and then the licence and\n"
            + "notice files of the packages, in full, even where they name parts that a package does not contain.\n"
            + "A package that publishes no file is not listed.\n\n"
            + "Libraries under the LGPL are separate files. You may replace them with modified versions that have\n"
            + "the same interface. \"Source\" says where their source code is.\n\n"
            + "The build makes this file (.ci/ThirdPartyNotices.targets). Do not edit it.\n\n");
        output.Append(_rule).Append("\nWHAT SHIPS\n").Append(_rule).Append("\n\n");
        foreach (var part in _parts) output.Append(part.Key).Append('\n').Append(part.Value).Append('\n');
        foreach (var text in _licenceTexts)
        {
            output.Append(_rule).Append('\n').Append(text.Key).Append('\n').Append(_rule).Append("\n\nFor:\n");
            text.Value.WriteTo(output);
        }
        foreach (var text in _packageTexts.Values.OrderBy(text => text.Users.Min, StringComparer.OrdinalIgnoreCase))
        {
            output.Append(_rule).Append("\nFROM A PACKAGE\n").Append(_rule).Append("\n\n");
            text.WriteTo(output);
        }
        return output.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>
    /// The licences chosen from an expression; of "A OR B" the one that the table names first.
    /// </summary>
    private List<AllowedLicence>? Choose(string name, string expression)
    {
        var choices = Regex.Split(expression, " OR ")
            .Select(choice => Regex.Split(choice, " AND ").Select(licence => Rank(licence.Trim())).ToList())
            .Where(choice => choice.TrueForAll(rank => rank >= 0))
            .OrderBy(choice => choice.Max())
            .ToList();
        if (choices.Count > 0) return [.. choices[0].Select(rank => allowed[rank])];
        _errors.Add($"{name} has the licence \"{expression}\", which {Table} does not allow. Remove the package, or, "
            + "if its licence lets it ship, add the licence (AllowedLicence) and its text.");
        return null;
    }

    private int Rank(string licence)
    {
        for (var rank = 0; rank < allowed.Count; rank++)
        {
            if (Same(allowed[rank].Name, licence)) return rank;
        }
        return -1;
    }

    private void AddEntry(
        string name, string licence, List<AllowedLicence> chosen, string copyright, string project, string source)
    {
        var entry = new StringBuilder();
        void Line(string label, string value)
        {
            if (value.Length > 0) entry.Append("  ").Append(label.PadRight(11)).Append(value).Append('\n');
        }

        var names = string.Join(" AND ", chosen.Select(licence => licence.Name));
        Line("Licence:", names == licence ? licence : $"{licence}, used under {names}");
        Line("Copyright:", copyright);
        Line("Project:", project);
        Line("Source:", source);
        _parts[name] = entry.ToString();
    }

    private void AddLicenceTexts(string name, string copyright, List<AllowedLicence> chosen, string[] instead)
    {
        foreach (var file in instead.Length > 0 ? instead : chosen.SelectMany(licence => licence.Texts).Distinct())
        {
            var title = "LICENCE TEXT: " + Path.GetFileNameWithoutExtension(file);
            if (!_licenceTexts.TryGetValue(title, out var text))
            {
                var path = Path.Combine(textFolder, file);
                if (!File.Exists(path))
                {
                    _errors.Add($"{name} needs the exact text of its licence in docs/licences/{file}.");
                    continue;
                }
                _licenceTexts[title] = text = new Text(Read(path));
            }
            text.Users.Add(name + ": " + copyright);
        }
    }

    private static bool States(string path, string statement) =>
        File.Exists(path) && Squeeze(Read(path)).IndexOf(Squeeze(statement), StringComparison.Ordinal) >= 0;

    private static XElement? Find(XElement nuspec, string element) =>
        nuspec.Descendants().FirstOrDefault(child => child.Name.LocalName == element);

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static string Squeeze(string text) => Regex.Replace(text, @"\s+", " ").Trim();

    private static string Read(string path) =>
        Regex.Replace(File.ReadAllText(path).Replace("\r", ""), "[ \t]+(?=\n|$)", "").Trim('\n') + "\n";

    private sealed class Text(string content)
    {
        public SortedSet<string> Users { get; } = new(StringComparer.OrdinalIgnoreCase);

        public void WriteTo(StringBuilder output)
        {
            foreach (var user in Users) output.Append("  ").Append(user).Append('\n');
            output.Append('\n').Append(content).Append('\n');
        }
    }
}
