using System.Xml.Linq;

namespace DePinChain.Architecture.Tests;

/// <summary>The table of projects in chain/ARCHITECTURE.md is the house: these tests keep the two equal.</summary>
public sealed class LayerTests
{
    private static readonly string Document = Path.Combine(Repository.Root, "chain", "ARCHITECTURE.md");

    [Test]
    public void The_table_lists_exactly_the_projects_that_exist()
    {
        IEnumerable<string> product = Repository.Projects
            .Where(project => !Repository.Relative(project.Value).StartsWith("tests/", StringComparison.Ordinal))
                .Select(project => project.Key);
        Assert.That(Table().Keys.Order(StringComparer.Ordinal), Is.EqualTo(product.Order(StringComparer.Ordinal)));
    }

    [Test]
    public void A_project_refers_only_to_what_its_row_allows()
    {
        var broken = new List<string>();
        foreach ((string project, Row row) in Table())
        {
            IReadOnlyList<string> actual = Repository.ReferencesOf(Repository.Projects[project]);
            broken.AddRange(actual.Except(row.MayReference, StringComparer.Ordinal)
                .Select(extra => $"{project} refers to {extra}, its row does not allow it"));
        }

        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void A_reference_never_points_to_a_higher_layer()
    {
        IReadOnlyDictionary<string, Row> table = Table();
        var broken = new List<string>();
        foreach ((string project, Row row) in table)
        {
            foreach (string reference in Repository.ReferencesOf(Repository.Projects[project]))
            {
                if (table.TryGetValue(reference, out Row? lower) && lower.Rank > row.Rank)
                    broken.Add($"{project} (layer {row.Rank}) refers up to {reference} (layer {lower.Rank})");
            }
        }

        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void Modules_refer_to_modules_above_them_in_the_catalog_only()
    {
        string[] catalog = ["Economy", "Staking", "Governance", "Attestations", "Storage", "Compute", "Render", "Subnets", "Credentials",
            "Interop"];
        var broken = new List<string>();
        for (int place = 0; place < catalog.Length; place++)
        {
            if (!Repository.Projects.TryGetValue("Modules." + catalog[place], out string? file))
                continue;
            IEnumerable<string> below = Repository.ReferencesOf(file)
                .Where(reference => Array.IndexOf(catalog, reference.Replace("Modules.", "", StringComparison.Ordinal)) >= place);
            broken.AddRange(below.Select(reference => $"Modules.{catalog[place]} refers to {reference}, which is not above it"));
        }

        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void Kernels_are_marked_so_that_the_bans_hold()
    {
        IEnumerable<string> kernels = Repository.Projects.Keys.Where(project => project is "Consensus" or "Execution" ||
            (project.StartsWith("Modules.", StringComparison.Ordinal) && project is not ("Modules.Generators" or "Modules.Tests")));
        string[] unmarked = kernels.Where(project => (string?)XDocument.Load(Repository.Projects[project]).Descendants("Kernel")
            .SingleOrDefault() != "true").ToArray();
        Assert.That(unmarked, Is.Empty);
    }

    [Test]
    public void Consensus_has_no_package()
    {
        XDocument project = XDocument.Load(Repository.Projects["Consensus"]);
        Assert.That(project.Descendants("PackageReference"), Is.Empty);
    }

    [Test]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "DePinChain.sln")).Replace('\\', '/');
        Assert.That(Repository.Projects.Values.Select(Repository.Relative)
            .Where(path => !solution.Contains(path, StringComparison.Ordinal)), Is.Empty);
    }

    private sealed record Row(int Rank, IReadOnlyList<string> MayReference);

    /// <summary>Reads the rows `| layer | `folder/DePinChain.Name` | sentence | references |`.</summary>
    private static SortedDictionary<string, Row> Table()
    {
        var rows = new SortedDictionary<string, Row>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(Document).Where(line => line.Contains("/DePinChain.", StringComparison.Ordinal)
            && line.StartsWith('|')))
        {
            string[] cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length != 4)
                continue;
            string project = Repository.ShortName(Path.GetFileName(cells[1].Trim('`')));
            int rank = cells[0].StartsWith('c') ? 10 + int.Parse(cells[0].AsSpan(1), System.Globalization.CultureInfo.InvariantCulture)
                : int.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture);
            rows.Add(project, new Row(rank, cells[3].Split([',', ' '],
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        }

        return rows;
    }
}
