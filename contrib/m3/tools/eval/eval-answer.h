// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_ANSWER_H
#define M3_EVAL_ANSWER_H

#include "eval-case.h"

#include "ns3/m3-estimator.h"

#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3::eval
{

/// An engine of an evaluation, with its options.
struct EvalEngine
{
    std::string name;                                     //!< in tables and pictures
    std::string engine = EngineOfRole(EngineRole::TRUTH); //!< one of RegisteredEngines()
    EngineOptions options;                                //!< of the engine
    uint64_t seed = 1;                                    //!< seed of sampled paths or flows
};

/// Registered engines by name, separated by commas. \throws InputError
std::vector<EvalEngine> ParseEvalEngines(const std::string& names);

/// One engine of them. \throws InputError
EvalEngine ParseEvalEngine(const std::string& name);

/// An engine's answer to a case, as it is kept in a file.
struct EvalAnswer
{
    /// A size class, or all flows.
    struct Row
    {
        std::string name;              //!< as ReportRow::name
        uint64_t flows = 0;            //!< of the trace
        std::vector<double> quantiles; //!< at WrittenQuantiles(); NaN without values
        ConfidenceInterval p99{};      //!< 95 % interval of the packet-level one
        ConfidenceInterval p50{};      //!< the same; NaN in older kept answers
        ConfidenceInterval sampled{};  //!< 95 % interval of the p99 by sampling alone; NaN in older kept answers

        /// \param level one of WrittenQuantiles()
        double At(double level) const;
    };

    std::vector<Row> rows; //!< size classes, then all flows
    double seconds = 0;    //!< elapsed
    double cpuSeconds = 0; //!< processor time of all threads
    uint32_t threads = 1;  //!< number of threads that it could use
    uint32_t atATime = 1;  //!< number of runs side by side with it, itself included
    uint64_t unfinished = 0;
    std::vector<std::string> notes;
    /// 95 % prediction interval of the p99 of all flows; NaN where none is given, and in older kept answers
    ConfidenceInterval prediction{std::nan(""), std::nan("")};
    std::optional<PacketCounts> packetCounts; //!< of packet-level engines; older kept answers lack it
    std::string flows;                        //!< HashOf() them
    std::string commit;                       //!< of the program
    std::string machine;                      //!< that it ran on

    const Row& All() const
    {
        return rows.back();
    }
};

/// Options of the runs of cases.
struct EvalRun
{
    std::string checkpoint;          //!< of m3 and its variants; "": the shipped ones
    std::string publishedCheckpoint; //!< of the published method; "": the shipped one
    uint32_t processes = 1;          //!< runs at a time
    uint32_t threads = 0;            //!< number of threads of a run; 0: the processors divided by the processes
};

/// Returns everything that an answer depends on. \throws InputError if a table or a checkpoint cannot be read
Json Fingerprint(const EvalCase& one, const EvalEngine& engine, const EvalRun& run);

/// Name of the file that keeps the answer to a fingerprint, without folder.
std::string KeptName(const Json& fingerprint);

/// \param flows of the case \throws InputError as M3Estimator::Run
EvalAnswer Answer(const EvalCase& one,
                  const EvalEngine& engine,
                  const EvalRun& run,
                  const FlowList& flows,
                  const std::function<void(double share)>& progress);

/// Writes a file whole, with a checksum.
void KeepAnswer(const EvalAnswer& answer, const Json& fingerprint, const std::string& file);

/// \throws InputError if the file is damaged or of another fingerprint
EvalAnswer ReadAnswer(const Json& fingerprint, const std::string& file);

} // namespace ns3::m3::eval

#endif // M3_EVAL_ANSWER_H
