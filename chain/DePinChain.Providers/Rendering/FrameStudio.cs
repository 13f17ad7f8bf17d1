using System.Diagnostics;
using DePinChain.Client;
using DePinChain.Client.Rendering;
using DePinChain.Primitives;

namespace DePinChain.Providers.Rendering;

/// <summary>A frame as it was rendered here.</summary>
/// <param name="Picture">The PNG.</param>
/// <param name="Pixels">Hash of its decoded pixels.</param>
/// <param name="File">The note that names the picture.</param>
/// <param name="Time">How long it took.</param>
internal sealed record RenderedFrame(byte[] Picture, Hash256 Pixels, Hash256 File, TimeSpan Time);

/// <summary>Fetches scenes and has their frames rendered, one after the other; the last scene is kept.</summary>
internal sealed class FrameStudio(RenderHomeSettings settings, RenderChain chain, FrameContainer container) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private (Hash256 Root, byte[] Scene, string? Settings)? _last;

    /// <summary>Renders a frame of a job.</summary>
    /// <exception cref="RenderFault">It cannot be rendered here.</exception>
    /// <exception cref="NodeRefusedException">The scene is not to be had now.</exception>
    public async Task<RenderedFrame> RenderAsync(ulong job, uint frame, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            AbiRecord record = await chain.JobAsync(job, cancellation);
            if (record.Count("engine") != 0) throw new RenderFault($"engine {record.Count("engine")} is not Blender's Cycles, which is 0");
            (byte[] scene, SceneSettings wanted) = await SceneAsync(record, cancellation);
            var clock = Stopwatch.StartNew();
            byte[] picture = await container.RenderAsync(scene, wanted, (uint)record.Count("first") + frame, cancellation);
            var image = PixelImage.FromPng(picture);
            if ((image.Width, image.Height) != (wanted.Width, wanted.Height))
                throw new RenderFault($"the picture has {image.Width} by {image.Height} pixels, not {wanted.Width} by {wanted.Height}");
            return new RenderedFrame(picture, image.HashOf(), ContentNote.Of(picture, null).RootOf(), clock.Elapsed);
        }
        catch (ContentFaultException fault)
        {
            throw new RenderFault(fault.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<(byte[] Scene, SceneSettings Wanted)> SceneAsync(AbiRecord job, CancellationToken cancellation)
    {
        Hash256 root = job.Hash("sceneHash");
        if (_last is not { } last || last.Root != root)
        {
            (byte[] scene, string? text) = await chain.Contents.GetAsync(root, settings.SceneMiB << 20, cancellation);
            _last = last = (root, scene, text);
        }

        var wanted = SceneSettings.Parse(last.Settings);
        if (wanted.HashOf() != job.Hash("settingsHash")) throw new RenderFault("the scene's settings are not those that the chain names");
        return (last.Scene, wanted);
    }
}
