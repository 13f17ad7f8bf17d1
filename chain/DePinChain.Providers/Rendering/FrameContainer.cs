using System.Formats.Tar;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Client.Containers;
using DePinChain.Client.Programs;
using DePinChain.Client.Rendering;
using DePinChain.Primitives;
using DePinChain.Providers.Containers;

namespace DePinChain.Providers.Rendering;

/// <summary>A scene that cannot be rendered here, whatever is tried again.</summary>
internal sealed class RenderFault(string sentence) : Exception(sentence);

/// <summary>
/// Renders a frame in a container of its own: no network, no account of the host, no capability, limits on everything; it sees the host's
/// programs, its scene and its script, and can change none of them. Its picture lies in the container's memory until it is fetched.
/// </summary>
internal sealed class FrameContainer(RenderHome home, RenderHomeSettings settings, EngineService engine, Address node, ProgramLog log)
{
    // A root file system with nothing in it: programs and libraries are the host's.
    private const string Image = "localhost/depin-render:2";
    private const int PidsMax = 256, WordsMax = 4_000, PictureMiBMin = 64;

    // An account that nobody on the host has.
    private const string User = "1900000000:1900000000";

    // Not /usr/local and not /usr/src: what an owner put there is not the system's.
    private static readonly string[] HostPlaces =
        ["/usr/bin", "/usr/lib", "/usr/lib64", "/usr/share", "/etc/alternatives", "/etc/ld.so.cache"];

    private int _made;

    private string Label => node + "-render";

    /// <summary>Whether the renderer is here; in words when not.</summary>
    public string? FindTrouble() => File.Exists(settings.Blender) && settings.Blender.StartsWith("/usr/", StringComparison.Ordinal) ? null
        : $"{settings.Blender} is not there, or not under /usr: apt-get install --no-install-recommends blender";

    /// <summary>Ends what an agent that was killed left behind.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        await engine.EnsureAsync(cancellation);
        foreach ((string name, _) in await engine.Link.ContainersAsync(Label, cancellation))
            await engine.Link.RemoveContainerAsync(name, cancellation);
    }

    /// <summary>Renders a frame.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="wanted">How.</param>
    /// <param name="frame">Its number in the scene.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The picture, a PNG.</returns>
    /// <exception cref="RenderFault">The scene cannot be rendered.</exception>
    /// <exception cref="EngineFailure">The engine does not answer.</exception>
    public async Task<byte[]> RenderAsync(byte[] scene, SceneSettings wanted, uint frame, CancellationToken cancellation)
    {
        await engine.EnsureAsync(cancellation);
        await EnsureImageAsync(cancellation);
        int number = Interlocked.Increment(ref _made);
        string name = string.Create(CultureInfo.InvariantCulture, $"depinrender-{Environment.ProcessId}-{number}");
        string folder = home.In(name);
        Directory.CreateDirectory(folder);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(settings.SecondsMax));
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, "scene.blend"), scene, limit.Token);
            await File.WriteAllTextAsync(Path.Combine(folder, "wanted.json"), WantedText(wanted, frame), limit.Token);
            File.Copy(home.ScriptPath, Path.Combine(folder, "render.py"));
            await engine.Link.CreateAsync(name, Wish(settings, folder, Label), limit.Token);
            await engine.Link.StartAsync(name, limit.Token);
            (int code, string words) = await RunAsync(name,
                [
                    settings.Blender, "--background", "--factory-startup", "--disable-autoexec", "-noaudio",
                    "--python-exit-code", BlenderScript.Failure.ToString(CultureInfo.InvariantCulture),
                    BlenderScript.Scene, "--python", BlenderScript.Script,
                ], limit.Token);
            if (code != 0) throw new RenderFault(string.Create(CultureInfo.InvariantCulture, $"Blender ended with {code}: {words}"));
            return await FetchAsync(name, PictureBytesMax(wanted), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RenderFault($"it took more than {settings.SecondsMax} s");
        }
        finally
        {
            await RemoveAsync(name, folder);
        }
    }

    /// <summary>The wish for Docker's <c>POST /containers/create</c>: it waits for what it is told to run.</summary>
    /// <param name="settings">The node's.</param>
    /// <param name="folder">Scene, script and what is wanted.</param>
    /// <param name="label">How the agent finds it again.</param>
    public static JsonObject Wish(RenderHomeSettings settings, string folder, string label)
    {
        JsonObject limits = ContainerRules.Held(settings.MemMiB << 20, settings.CpuMilli, PidsMax);
        ulong picture = Math.Max(PictureMiBMin, settings.MemMiB / 4);
        limits["NetworkMode"] = "none";
        limits["Tmpfs"] = new JsonObject
        {
            ["/out"] = string.Create(CultureInfo.InvariantCulture, $"rw,size={picture}m,mode=1777,nosuid,nodev,noexec"),
            ["/tmp"] = string.Create(CultureInfo.InvariantCulture, $"rw,size={picture}m,mode=1777,nosuid,nodev,noexec"),
        };
        limits["Binds"] = new JsonArray([.. HostPlaces.Where(Path.Exists).Select(static place => (JsonNode?)$"{place}:{place}:ro"),
            $"{folder}:/in:ro"]);
        return new JsonObject
        {
            ["Image"] = Image,
            ["User"] = User,
            ["Hostname"] = "render",
            ["Env"] = new JsonArray("HOME=/tmp", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"),
            ["WorkingDir"] = "/tmp",
            ["Labels"] = new JsonObject { [ContainerRules.ProviderLabel] = label },
            ["Entrypoint"] = new JsonArray("/usr/bin/sleep"),
            ["Cmd"] = new JsonArray((settings.SecondsMax + 60UL).ToString(CultureInfo.InvariantCulture)),
            ["HostConfig"] = limits,
        };
    }

    private static int PictureBytesMax(SceneSettings wanted) =>
        (int)Math.Min(((ulong)wanted.Width * wanted.Height * 4) + (wanted.Height * 8) + (1 << 20), 512UL << 20);

    private static string WantedText(SceneSettings wanted, uint frame) => new JsonObject
    {
        ["width"] = wanted.Width,
        ["height"] = wanted.Height,
        ["samples"] = wanted.Samples,
        ["seed"] = wanted.Seed & int.MaxValue, // Blender's are signed
        ["frame"] = frame,
    }.ToJsonString();

    private async Task<(int Code, string Words)> RunAsync(string name, string[] command, CancellationToken cancellation)
    {
        (string id, Stream output) = await engine.Link.ExecAsync(name, command, cancellation);
        var last = new StringBuilder();
        await using (output)
        {
            await OutputFrames.ReadAsync(output, (_, bytes) =>
            {
                last.Append(Encoding.UTF8.GetString(bytes.Span));
                if (last.Length > WordsMax) last.Remove(0, last.Length - WordsMax);
                return Task.CompletedTask;
            }, cancellation);
        }

        // Lines of progress say nothing of a failure.
        IEnumerable<string> lines = last.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !line.StartsWith("Fra:", StringComparison.Ordinal));
        return (await engine.Link.ExitCodeOfAsync(id, cancellation), string.Join(" | ", lines.TakeLast(6)));
    }

    private async Task<byte[]> FetchAsync(string name, int bytesMax, CancellationToken cancellation)
    {
        (string id, Stream output) = await engine.Link.ExecAsync(name, ["/usr/bin/cat", BlenderScript.Picture], cancellation);
        using var picture = new MemoryStream();
        await using (output)
        {
            await OutputFrames.ReadAsync(output, (stream, bytes) =>
            {
                if (stream != OutputFrames.Output) return Task.CompletedTask;
                if (picture.Length + bytes.Length > bytesMax) throw new RenderFault($"its picture has more than {bytesMax} bytes");
                picture.Write(bytes.Span);
                return Task.CompletedTask;
            }, cancellation);
        }

        int code = await engine.Link.ExitCodeOfAsync(id, cancellation);
        return code == 0 ? picture.ToArray() : throw new RenderFault("Blender wrote no picture: is there a camera?");
    }

    private async Task EnsureImageAsync(CancellationToken cancellation)
    {
        if (await engine.Link.HasImageAsync(Image, cancellation)) return;
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (string folder in (string[])
                ["usr", "usr/bin", "usr/lib", "usr/lib64", "usr/share", "etc", "etc/alternatives", "dev", "in", "proc", "sys"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0b111_101_101 });

            // runc gives a file system in memory the mode of the place that it covers.
            foreach (string folder in (string[])["out", "tmp"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0b1_111_111_111 });
            foreach (string link in (string[])["bin", "lib", "lib64"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, link) { LinkName = "usr/" + link });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/ld.so.cache") { DataStream = new MemoryStream() });
        }

        tar.Position = 0;
        await engine.Link.ImportAsync(Image, tar, cancellation);
    }

    // What was rendered stands, whether or not the engine cleans up at once; the next start sweeps.
    private async Task RemoveAsync(string name, string folder)
    {
        try
        {
            await engine.Link.RemoveContainerAsync(name, CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception trouble) when (trouble is EngineFailure or IOException or UnauthorizedAccessException)
        {
            log.Warn("a container was not removed", ("container", name), ("why", trouble.Message));
        }
    }
}
