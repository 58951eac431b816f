/**
 * Trains a correction model on what m3-datagen made, or evaluates one.
 *
 *   ./ns3 run "m3-train --data=data --checkpoint=model.pt --epochs=5"
 *   ./ns3 run "m3-train --data=data --evaluate=model.pt"
 */
#include "program.h"

#include "ns3/flow-model.h"
#include "ns3/input-error.h"
#include "ns3/trainer.h"

#include <boost/program_options.hpp>

#include <iostream>
#include <thread>

int main(int argc, char* argv[])
{
    using namespace ns3::m3;
    namespace po = boost::program_options;
    return RunProgram(
        "m3-train",
        [&]
        {
            TrainOptions options;
            std::string evaluate;
            uint32_t every = 1;
            uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
            po::options_description description("Options");
            auto add = description.add_options();
            add("help,h", "this text");
            add("data", po::value(&options.data), "folder of sample files");
            add("checkpoint", po::value(&options.checkpoint), "file to write");
            add("from", po::value(&options.from), "checkpoint to start from");
            add("epochs", po::value(&options.epochs)->default_value(options.epochs));
            add("batch", po::value(&options.batch)->default_value(options.batch), "flows per step");
            add("rate", po::value(&options.learningRate)->default_value(options.learningRate));
            add("width", po::value(&options.shape.width)->default_value(options.shape.width));
            add("layers", po::value(&options.shape.layers)->default_value(options.shape.layers));
            add("seed", po::value(&options.seed)->default_value(options.seed));
            add("hold-out",
                po::value(&options.holdOutEvery)->default_value(options.holdOutEvery),
                "keep every so many-th network for validation, 0 for none");
            add("threads", po::value(&threads)->default_value(threads));
            add("evaluate", po::value(&evaluate), "checkpoint to evaluate on --data");
            add("every", po::value(&every)->default_value(every), "evaluate on every so many-th network only");
            po::variables_map values;
            po::store(po::parse_command_line(argc, argv, description), values);
            po::notify(values);
            if (values.count("help"))
            {
                std::cout << description;
                return 0;
            }
            if (options.data.empty() || (options.checkpoint.empty() && evaluate.empty()))
            {
                throw InputError("needs --data, and --checkpoint or --evaluate; see --help");
            }
            if (options.batch == 0 || every == 0 || options.shape.width % options.shape.heads != 0)
            {
                throw InputError("batch and every must be at least 1, width a multiple of 4");
            }
            const std::string warning = SetUpTorch(threads);
            if (!warning.empty())
            {
                std::cerr << "m3-train: " << warning << '\n';
            }
            if (evaluate.empty())
            {
                Train(options, std::cout);
            }
            else
            {
                FlowModel model(evaluate);
                std::cout << evaluate << ": " << model.Description() << '\n';
                Evaluate(model, options.data, every, std::cout);
            }
            return 0;
        });
}
