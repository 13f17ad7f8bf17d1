using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Rendering;

/// <summary>The folder of a render node: settings, its key, the script that its renderer runs, and its frames.</summary>
internal sealed class RenderHome(string path)
{
    private const string SettingsFile = "render.json", KeyFile = "agent.key", SeenFile = "seen.json", NoteFile = "frame.json";
    private const string PictureFile = "picture.png";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public bool Exists => File.Exists(In(SettingsFile));

    /// <summary>What Blender runs. Another script gives other pixels, and those cost the bond.</summary>
    public string ScriptPath => In("render.py");

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the home with a key of its own. An existing one is never changed.</summary>
    public void Create(RenderHomeSettings settings)
    {
        if (Exists)
        {
            throw new ExitException(
                ExitException.LocalState, $"{Path} is a render node's home already; change its {SettingsFile}, or choose another --home.");
        }

        Directory.CreateDirectory(In("frames"));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using PrivateKey key = PrivateKey.Generate();
        using (var writer = new StreamWriter(In(KeyFile), options)) writer.WriteLine(Primitives.Hex.Encode(key.ToArray()));
        File.WriteAllText(ScriptPath, BlenderScript.Text);
        File.WriteAllText(In(SettingsFile), settings.ToText());
    }

    public RenderHomeSettings ReadSettings()
    {
        try
        {
            RenderHomeSettings read = JsonSerializer.Deserialize(
                File.ReadAllText(In(SettingsFile)), RenderFiles.Default.RenderHomeSettings) ?? throw new JsonException("it is empty");
            bool isKnown = read.Work is RenderHomeSettings.Estimate or RenderHomeSettings.Measured;
            return isKnown ? read : throw new JsonException($"work is '{read.Work}', neither 'estimate' nor 'measured'.");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ExitException(
                ExitException.LocalState,
                $"{In(SettingsFile)} cannot be read: {trouble.Message} 'depin provider render init' makes a home.");
        }
    }

    /// <summary>The node's account: it renders, answers with its bond, and is paid.</summary>
    public PrivateKey ReadKey()
    {
        try
        {
            return PrivateKey.Parse(File.ReadAllText(In(KeyFile)).Trim());
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{In(KeyFile)} cannot be read ({trouble.Message}); restore it: bond and earnings belong to it.");
        }
    }

    /// <summary>The block up to which assignments were looked for; 0 at first, and where that was lost.</summary>
    public ulong ReadSeen() => Find(In(SeenFile), RenderFiles.Default.SeenNote)?.Block ?? 0;

    public void SaveSeen(ulong block) =>
        AgentHome.Replace(In(SeenFile), JsonSerializer.SerializeToUtf8Bytes(new SeenNote(block), RenderFiles.Default.SeenNote));

    /// <summary>Every frame with a note.</summary>
    public IReadOnlyList<FrameNote> Frames() => Directory.Exists(In("frames"))
        ? [.. Directory.EnumerateDirectories(In("frames")).Order(StringComparer.Ordinal)
            .Select(folder => Find(System.IO.Path.Combine(folder, NoteFile), RenderFiles.Default.FrameNote)).OfType<FrameNote>()]
        : [];

    public void Save(FrameNote note)
    {
        Directory.CreateDirectory(FolderOf(note.Job, note.Frame));
        AgentHome.Replace(
            System.IO.Path.Combine(FolderOf(note.Job, note.Frame), NoteFile),
            JsonSerializer.SerializeToUtf8Bytes(note, RenderFiles.Default.FrameNote));
    }

    /// <summary>Where a frame's picture lies.</summary>
    public string PictureOf(FrameNote note) => System.IO.Path.Combine(FolderOf(note.Job, note.Frame), PictureFile);

    public void Forget(FrameNote note) => Directory.Delete(FolderOf(note.Job, note.Frame), recursive: true);

    private string FolderOf(ulong job, uint frame) =>
        System.IO.Path.Combine(In("frames"), string.Create(CultureInfo.InvariantCulture, $"{job:d10}-{frame:d6}"));

    private static T? Find<T>(string file, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllText(file), type) : null;
        }
        catch (JsonException broken)
        {
            throw new ExitException(
                ExitException.LocalState, $"{file} cannot be read ({broken.Message}); delete it: what it said is found again.");
        }
    }
}
