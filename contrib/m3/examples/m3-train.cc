/**
 * Trains a model on what m3-datagen made, or evaluates one: the per-flow model, or with --model=published that of the
 * published m3, whose own checkpoint it also reads.
 *
 *   ./ns3 run "m3-train --data=data --checkpoint=model.pt --epochs=5"
 *   ./ns3 run "m3-train --data=data --evaluate=model.pt"
 *   ./ns3 run "m3-train --from=first.pt --mix=second.pt --checkpoint=model.pt"
 *   ./ns3 run "m3-train --model=published --data=maps --checkpoint=model.pt --batch=80 --rate=3e-4"
 *   ./ns3 run "m3-train --model=published --transformer=llama.bin --perceptron=mlp.bin --checkpoint=model.pt"
 */
#include "program.h"

#include "ns3/evaluation.h"
#include "ns3/input-error.h"
#include "ns3/torch-support.h"
#include "ns3/trainer.h"

#include <boost/program_options.hpp>

#include <iostream>
#include <sstream>
#include <thread>

using namespace ns3::m3;

namespace
{

struct Options
{
    TrainOptions train;
    FlowModelShape flowShape;
    PublishedModelShape publishedShape;
    std::string model = "flow";
    std::string evaluate;
    std::string mix;
    double share = 0.5;
    std::string transformer;
    std::string perceptron;
    uint32_t every = 1;
    uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
};

/// Checks what the options say together. \throws InputError
void Check(const Options& options)
{
    const bool published = options.model == "published";
    if (!published && options.model != "flow")
    {
        throw InputError("--model must be flow or published, is " + options.model);
    }
    const bool converts = !options.transformer.empty() || !options.perceptron.empty();
    if (converts)
    {
        if (!published || options.transformer.empty() || options.perceptron.empty() || options.train.checkpoint.empty())
        {
            throw InputError(
                "a published checkpoint needs --model=published, --transformer, --perceptron and --checkpoint");
        }
        return;
    }
    if (!options.mix.empty())
    {
        if (published || options.train.from.empty() || options.train.checkpoint.empty() ||
            !(options.share >= 0 && options.share <= 1))
        {
            throw InputError("--mix needs --model=flow, --from, --checkpoint and a --share from 0 to 1");
        }
        return;
    }
    if (options.train.data.empty() || (options.train.checkpoint.empty() && options.evaluate.empty()))
    {
        throw InputError("needs --data, and --checkpoint or --evaluate; see --help");
    }
    if (options.train.batch == 0 || options.every == 0)
    {
        throw InputError("batch and every must be at least 1");
    }
    const FlowModelShape& flow = options.flowShape;
    const PublishedModelShape& shape = options.publishedShape;
    if (flow.width == 0 || flow.width % flow.heads != 0 || shape.width == 0 || shape.width % (2 * shape.heads) != 0 ||
        shape.hidden == 0)
    {
        throw InputError("width must be a multiple of 4, with --model=published of 8; hidden at least 1");
    }
}

int Main(const Options& options)
{
    Check(options);
    const std::string warning = SetUpTorch(options.threads);
    if (!warning.empty())
    {
        std::cerr << "m3-train: " << warning << '\n';
    }
    const bool published = options.model == "published";
    if (!options.transformer.empty())
    {
        PublishedModel::FromPublishedFiles(options.transformer, options.perceptron)
            .Save(options.train.checkpoint, false);
        std::cout << "written: " << options.train.checkpoint << '\n';
    }
    else if (!options.mix.empty())
    {
        FlowModel model(options.train.from);
        const FlowModel other(options.mix);
        model.MixWith(other, options.share);
        std::ostringstream description;
        description << options.share << " of (" << model.Description() << ") and " << 1 - options.share << " of ("
                    << other.Description() << ")";
        model.SetDescription(description.str());
        model.SetRanges(other.Ranges());
        model.Save(options.train.checkpoint, false);
        std::cout << "written: " << options.train.checkpoint << '\n';
    }
    else if (options.evaluate.empty())
    {
        published ? TrainPublishedModel(options.train, options.publishedShape, std::cout)
                  : TrainFlowModel(options.train, options.flowShape, std::cout);
    }
    else if (published)
    {
        PublishedModel model(options.evaluate);
        std::cout << options.evaluate << ": " << model.Description() << '\n';
        Evaluate(model, options.train.data, options.every, std::cout);
    }
    else
    {
        FlowModel model(options.evaluate);
        std::cout << options.evaluate << ": " << model.Description() << '\n';
        Evaluate(model, options.train.data, options.every, std::cout);
    }
    return 0;
}

} // namespace

int main(int argc, char* argv[])
{
    namespace po = boost::program_options;
    return RunProgram("m3-train",
                      [&]
                      {
                          Options options;
                          TrainOptions& train = options.train;
                          uint32_t width = 0;
                          uint32_t layers = 0;
                          po::options_description description("Options");
                          auto add = description.add_options();
                          add("help,h", "this text");
                          add("model", po::value(&options.model)->default_value(options.model), "flow or published");
                          add("data", po::value(&train.data), "folder of sample files");
                          add("checkpoint", po::value(&train.checkpoint), "file to write");
                          add("from", po::value(&train.from), "checkpoint to start from");
                          add("mix",
                              po::value(&options.mix),
                              "checkpoint whose weights are mixed with those of --from; ranges are taken from it");
                          add("share", po::value(&options.share)->default_value(options.share), "of --from in the mix");
                          add("epochs",
                              po::value(&train.epochs)->default_value(train.epochs),
                              "0: only note the ranges of the data's inputs in the checkpoint");
                          add("batch", po::value(&train.batch)->default_value(train.batch), "flows or paths per step");
                          add("rate", po::value(&train.learningRate)->default_value(train.learningRate));
                          add("width", po::value(&width), "of a token (default 64; published 576)");
                          add("layers", po::value(&layers), "of attention (default 2; published 4)");
                          add("hidden",
                              po::value(&options.publishedShape.hidden)->default_value(options.publishedShape.hidden),
                              "of the published model's blocks");
                          add("seed", po::value(&train.seed)->default_value(train.seed));
                          add("hold-out",
                              po::value(&train.holdOutEvery)->default_value(train.holdOutEvery),
                              "keep every so many-th network for validation, 0 for none");
                          add("threads", po::value(&options.threads)->default_value(options.threads));
                          add("evaluate", po::value(&options.evaluate), "checkpoint to evaluate on --data");
                          add("every",
                              po::value(&options.every)->default_value(options.every),
                              "evaluate on every so many-th network only");
                          add("transformer", po::value(&options.transformer), "published checkpoint to convert");
                          add("perceptron", po::value(&options.perceptron), "its second file");
                          po::variables_map values;
                          po::store(po::parse_command_line(argc, argv, description), values);
                          po::notify(values);
                          if (values.count("help"))
                          {
                              std::cout << description;
                              return 0;
                          }
                          if (values.count("width"))
                          {
                              options.flowShape.width = options.publishedShape.width = width;
                          }
                          if (values.count("layers"))
                          {
                              options.flowShape.layers = options.publishedShape.layers = layers;
                          }
                          return Main(options);
                      });
}
