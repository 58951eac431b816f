// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCENARIO_OPTIONS_H
#define M3_SCENARIO_OPTIONS_H

#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-program-options.h"
#include "ns3/m3-workload-helper.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// A scenario as the command line says it, and how it is estimated.
struct ScenarioOptions
{
    ThreeTierShape shape;
    WorkloadHelper workload;
    std::string topologyFile;
    std::string flowFile;
    std::string configFile;
    RdmaConfig config; //!< without what a config file says
    /// Options that were given, with their texts: those of the configuration go before a config file.
    std::vector<std::pair<std::string, std::string>> given;
    std::string mode = "standard";
    EngineOptions ofEngines;  //!< options of engines: a program's defaults, then those that were given
    bool isPublished = false; //!< --scope=published: the engine published answers in the place of m3
    std::string sizeClasses;
    uint32_t threads = 0;
};

/// Adds an option for each of them.
void AddScenarioOptions(ProgramOptions& program, ScenarioOptions& options);

/// Reads a command line. \param program has AddScenarioOptions(options) \return as ParseArguments \throws InputError
bool ParseScenarioArguments(ProgramOptions& program, ScenarioOptions& options, int argc, char* argv[]);

/// Name of the engine that answers by the name that was asked for. \throws InputError that lists engines
std::string EngineOf(const ScenarioOptions& options, const std::string& name);

/// A scenario ready to run.
struct ScenarioRun
{
    M3Estimator estimator;
    FlowList flows;
    double seconds = 0; //!< that reading or generating it took
    InputNotes notes;   //!< of its files
};

/// Builds nodes and flows as the options say. \throws InputError for what cannot be
ScenarioRun MakeScenario(const ScenarioOptions& options);

/// The configuration that the options say. \throws InputError
RdmaConfig MakeConfig(const ScenarioOptions& options);

/// Prints a line: hosts, flows, configuration; notes on input files to standard error.
void PrintScenario(const ScenarioRun& scenario);

} // namespace ns3::m3

#endif // M3_SCENARIO_OPTIONS_H
