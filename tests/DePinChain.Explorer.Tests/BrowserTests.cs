using System.Diagnostics;

namespace DePinChain.Explorer.Tests;

/// <summary>Chromium looks at every route: in light, dark, on a phone; with axe from npm.</summary>
public sealed class BrowserTests
{
    [Test]
    public async Task Every_route_is_accessible_and_quiet_in_light_dark_and_on_a_phone()
    {
        string folder = await InstallAsync();
        await SharedNetwork.UntilEventAsync("attestations", "JobAnnounced");
        (int code, string findings) = await RunAsync(
            folder, "node", "walk.mjs", Base, SharedNetwork.Transfer.ToString(), MarketScenario.Lease.ToString(),
            BreachScenario.Validator.ToString());
        Assert.That(findings.Trim(), Is.EqualTo("nothing found"), findings);
        Assert.That(code, Is.Zero);
    }

    [Test]
    public async Task The_browser_itself_proves_what_a_page_says_and_refuses_what_was_changed()
    {
        string folder = await InstallAsync();
        await SharedNetwork.UntilEventAsync("attestations", "JobAnnounced");
        (int code, string findings) = await RunAsync(folder, "node", "proof.mjs", Base, $"/lease/{MarketScenario.Lease}", "/deal/1",
            "/address/0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "/cluster/1", "/subnet/1", $"/validator/{BreachScenario.Validator}",
            "/proposal/1", "/job/1");
        Assert.That(findings.Trim(), Is.EqualTo("nothing found"), findings);
        Assert.That(code, Is.Zero);
    }

    /// <remarks>From the page that the localnet's banner links to. Times are printed beside the machine's load, not judged.</remarks>
    [Test]
    public async Task My_transaction_deal_lease_and_subnet_are_three_clicks_or_one_search_away()
    {
        string folder = await InstallAsync();
        await SharedNetwork.UntilIndexedAsync();
        (int code, string output) = await RunAsync(
            folder, "node", "visit.mjs", Base, SharedNetwork.Failure.ToString(), MarketScenario.Lease.ToString());
        Assert.That(code, Is.Zero, output);
        string[] lines = output.Trim().Split('\n');
        Assert.That(lines[^1], Is.EqualTo("nothing found"), output);
        TestContext.Out.WriteLine($"{lines[0]} (load {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]})");
    }

    private static string Base => SharedNetwork.Web.BaseAddress!.ToString().TrimEnd('/');

    private static async Task<string> InstallAsync()
    {
        string folder = Path.Combine(FindRoot(), "tests", "DePinChain.Explorer.Tests", "browser");
        (int installed, string installation) = await RunAsync(folder, "bash", "install.sh");
        Assert.That(installed, Is.Zero, installation);
        return folder;
    }

    private static async Task<(int Code, string Output)> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DePinChain.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("DePinChain.sln");
    }
}
