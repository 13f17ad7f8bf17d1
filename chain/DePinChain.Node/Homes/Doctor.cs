using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Engine;

namespace DePinChain.Node.Homes;

/// <summary>Looks a node over: settings, keys, genesis, signer's mark, disk, clock, ports, and the running node itself.</summary>
/// <remarks>Changes nothing. The exit code is that of the worst finding: 6 the mark, 5 this machine, 3 the node does not answer.</remarks>
internal sealed class Doctor
{
    private const string MarkFile = "signer.mark";
    private const long FreeBytesMin = 2L << 30;
    private const double FreePartMin = 0.15;

    private readonly NodeHome _home;
    private readonly List<Finding> _findings = [];

    private Doctor(NodeHome home) => _home = home;

    /// <summary>Runs every check and prints what it found.</summary>
    public static async Task<ExitCode> RunAsync(DoctorOptions options, TextWriter output, CancellationToken stopping)
    {
        Doctor doctor = new(new NodeHome(options.Home));
        await doctor.LookAsync(stopping);
        foreach (Finding finding in doctor._findings)
            output.WriteLine(options.Json ? Json(finding) : $"{finding.Verdict,-5}{finding.Check,-10}{finding.Text}");
        return doctor._findings.Max(finding => finding.Code);
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        NodeSettings? settings = Try("settings", _home.ReadSettings, read => $"{_home.PathOf(NodeHome.SettingsFile)} of '{read!.Name}'");
        if (settings is null) return;
        GenesisDocument? genesis = Try("genesis", () => _home.ReadGenesis(settings), read => $"'{read!.Name}', {HomeMaking.HashOf(read!)}");
        LookAtKeys(settings);
        LookAtMark(settings, genesis);
        LookAtDisk();
        _findings.Add(MachineClock.Look());
        RunningNode? running = await RunningNode.FindAsync(settings, stopping);
        _findings.AddRange(running is null ? Surroundings.OfStopped(_home, settings) : running.Findings(genesis));
    }

    private void LookAtKeys(NodeSettings settings)
    {
        Try("node key", _home.ReadNodeKey, key => $"peer id {PeerWire.IdOf(key!)}")?.Dispose();
        SignerKeys? signer = Try(
            "signer",
            () => _home.ReadSignerKeys(settings),
            read => read is not null ? $"{read.Signing.Address}"
                : settings.SignerSocket is { } socket ? $"a process at {_home.PathOf(socket)}" : "none: this node follows without voting");
        signer?.Dispose();
        foreach (string? secret in (string?[])[NodeHome.NodeKeyFile, settings.SignerKey])
        {
            if (secret is not null && File.Exists(_home.PathOf(secret)) && _home.IsReadableByOthers(secret))
                _findings.Add(Finding.Bad("secrets", ExitCode.LocalState, $"others may read it; run: chmod 600 {_home.PathOf(secret)}"));
        }
    }

    private void LookAtMark(NodeSettings settings, GenesisDocument? genesis)
    {
        if (settings.SignerKey is null || genesis is null) return;
        string file = _home.PathOf(MarkFile);
        byte[]? content = Try("mark", () => _home.Folder.Read(MarkFile), _ => null);
        SignerMark? mark = content is null ? null : SignerMark.Decode(content);
        if (content is null)
        {
            _findings.Add(Finding.Bad(
                "mark",
                ExitCode.RefusedForSafety,
                $"{file} is missing; restore it, or run once with --init-signer if this key has never signed"));
        }
        else if (mark is null)
        {
            _findings.Add(Finding.Bad("mark", ExitCode.RefusedForSafety, $"both copies in {file} are damaged; restore the file"));
        }
        else if (mark.ChainId != genesis.ChainId)
        {
            _findings.Add(Finding.Bad(
                "mark", ExitCode.RefusedForSafety, $"{file} is of chain {mark.ChainId}, the genesis of chain {genesis.ChainId}"));
        }
        else
        {
            _findings.Add(Finding.Good("mark", mark.Slot.Height == 0 ? "nothing was signed yet" : $"signed last at {mark.Slot}"));
        }
    }

    private void LookAtDisk()
    {
        DriveInfo drive = new(_home.Path);
        long free = drive.AvailableFreeSpace;
        string text = $"{free >> 20} MiB of {drive.TotalSize >> 20} MiB are free";
        if (free < FreeBytesMin / 8) _findings.Add(Finding.Bad("disk", ExitCode.LocalState, $"{text}; the node stops when none is left"));
        else if (free < FreeBytesMin || free < drive.TotalSize * FreePartMin) _findings.Add(Finding.Odd("disk", $"{text}; make room"));
        else _findings.Add(Finding.Good("disk", text));
    }

    private T? Try<T>(string check, Func<T?> read, Func<T?, string?> describe)
        where T : class?
    {
        try
        {
            T? found = read();
            if (describe(found) is { } text) _findings.Add(Finding.Good(check, text));
            return found;
        }
        catch (RefusalException refusal)
        {
            _findings.Add(Finding.Bad(check, refusal.Code, refusal.Message));
            return null;
        }
    }

    private static string Json(Finding finding)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteString("check", finding.Check);
            json.WriteString("verdict", finding.Verdict);
            json.WriteString("text", finding.Text);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
