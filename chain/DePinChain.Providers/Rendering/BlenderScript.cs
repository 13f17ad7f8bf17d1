namespace DePinChain.Providers.Rendering;

/// <summary>
/// What Blender runs for each frame. Whatever a scene says of it, the engine is Cycles on processors with a fixed seed and no denoiser,
/// because those pixels are the same on every run and with any number of threads; nothing is written but the picture.
/// </summary>
internal static class BlenderScript
{
    /// <summary>Where a container finds the scene and what is wanted, and where it leaves the picture.</summary>
    public const string Scene = "/in/scene.blend", Wanted = "/in/wanted.json", Script = "/in/render.py", Picture = "/out/picture.png";

    /// <summary>What Blender ends with when the script fails.</summary>
    public const int Failure = 3;

    public const string Text =
        """
        # Renders one frame as every node must. Change nothing: other pixels than those of the others cost the bond.
        import json
        import bpy

        with open("/in/wanted.json") as file:
            wanted = json.load(file)
        scene = bpy.context.scene
        render, cycles = scene.render, scene.cycles
        render.engine = "CYCLES"
        cycles.device = "CPU"
        cycles.samples = wanted["samples"]
        cycles.seed = wanted["seed"]
        for name in ("use_animated_seed", "use_denoising", "use_adaptive_sampling", "use_guiding"):
            if hasattr(cycles, name):
                setattr(cycles, name, False)
        cycles.time_limit = 0
        render.resolution_x, render.resolution_y, render.resolution_percentage = wanted["width"], wanted["height"], 100
        render.use_border = render.use_multiview = render.use_sequencer = render.use_stamp = False
        if scene.node_tree is not None:
            for node in [one for one in scene.node_tree.nodes if one.type == "OUTPUT_FILE"]:
                scene.node_tree.nodes.remove(node)
        image = render.image_settings
        image.file_format, image.color_mode, image.color_depth = "PNG", "RGBA", "8"
        render.use_file_extension, render.filepath = False, "/out/picture.png"
        scene.frame_set(wanted["frame"])
        bpy.ops.render.render(write_still=True)
        """;
}
