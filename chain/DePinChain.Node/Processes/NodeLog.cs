using DePinChain.Engine;

namespace DePinChain.Node.Processes;

/// <summary>What a node of a localnet said, line for line, in its home; the last log is kept when a new one begins.</summary>
/// <remarks>A log is a convenience: a disk that refuses it stops nobody.</remarks>
internal sealed class NodeLog : IDisposable
{
    public const string FileName = "node.log";

    private const long BytesMax = 16 * 1024 * 1024;

    private readonly string _path;
    private StreamWriter? _writer;

    private NodeLog(string path) => _path = path;

    /// <summary>Goes on with the log of a home.</summary>
    public static NodeLog Open(string home)
    {
        NodeLog log = new(Path.Combine(home, FileName));
        log.Begin();
        return log;
    }

    public void Add(string line)
    {
        try
        {
            _writer?.WriteLine(line);
            if (_writer?.BaseStream.Length > BytesMax) Turn();
        }
        catch (Exception full) when (DiskFolder.IsOfTheDisk(full))
        {
            _writer = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    private void Turn()
    {
        _writer?.Dispose();
        File.Move(_path, _path + ".1", overwrite: true);
        Begin();
    }

    private void Begin()
    {
        try
        {
            FileStream file = new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _writer = new StreamWriter(file) { AutoFlush = true };
        }
        catch (Exception full) when (DiskFolder.IsOfTheDisk(full))
        {
            _writer = null;
        }
    }
}
