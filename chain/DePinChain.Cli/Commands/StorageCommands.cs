using System.CommandLine;
using System.Globalization;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Cli.Commands;

/// <summary>What a client of the storage market does with files.</summary>
internal static class StorageCommands
{
    private const int BufferSize = 1 << 20;

    public static Command Build() => new("storage", "Files as the storage market sees them.") { Cid() };

    private static Command Cid()
    {
        var which = new Argument<FileInfo>("file") { Description = "A file of at least one byte." };
        var command = new Command("cid", "The piece CID of a file: what deals, proofs and retrieval call it. Needs no node.") { which };
        command.Runs(async (session, parse, cancellation) =>
        {
            FileInfo file = parse.GetValue(which)!;
            if (!file.Exists) throw CliFailure.LocalState("NoSuchFile", $"there is no file {file.FullName}");
            PieceHasher hasher = new();
            byte[] buffer = new byte[BufferSize];
            await using (FileStream stream = file.OpenRead())
            {
                for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;) hasher.Append(buffer.AsSpan(0, read));
            }

            PieceCid piece = hasher.Finish();
            if (piece.RawSize == 0) throw CliFailure.Usage($"{file.FullName} is empty: there is nothing to store");
            session.Output.Facts(
                ("cid", piece.ToString()),
                ("version1", piece.ToVersion1()),
                ("bytes", piece.RawSize.ToString(CultureInfo.InvariantCulture)),
                ("padded", piece.PaddedSize.ToString(CultureInfo.InvariantCulture)),
                ("height", (int)piece.Height));
        });
        return command;
    }
}
