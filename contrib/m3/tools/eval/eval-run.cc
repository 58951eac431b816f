// SPDX-License-Identifier: GPL-2.0-only
#include "eval-run.h"

#include "eval-facts.h"

#include "tools/process-pool.h"

#include "core/progress.h"
#include "ns3/m3-engine.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-run-program.h"
#include "ns3/m3-text-file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

namespace ns3::m3::eval
{

namespace
{

/// A folder that is removed with this object, unless a name was given.
class KeepFolder
{
  public:
    explicit KeepFolder(const std::string& name)
        : m_path(name),
          m_temporary(name.empty())
    {
        if (m_temporary)
        {
            m_path = (std::filesystem::temp_directory_path() / ("m3-eval-" + std::to_string(getpid()))).string();
        }
        m_paths.AddFolder(m_path);
    }

    ~KeepFolder()
    {
        std::error_code ignored;
        if (m_temporary)
        {
            std::filesystem::remove_all(m_path, ignored);
        }
    }

    KeepFolder(const KeepFolder&) = delete;
    KeepFolder& operator=(const KeepFolder&) = delete;

    std::string File(const Json& fingerprint) const
    {
        return m_path + "/" + KeptName(fingerprint);
    }

  private:
    std::string m_path;
    bool m_temporary;
    OutputPaths m_paths;
};

/// A run to do: a case and an engine.
struct Task
{
    std::size_t oneCase;
    std::size_t engine;
    Json fingerprint;
    std::string file;

    /// Returns the file that says why the engine has no answer.
    std::string RefusalFile() const
    {
        return file + ".refused";
    }
};

/// Runs tasks in a process, and keeps the flows of its last case.
class Worker
{
  public:
    Worker(const EvalAnswers& all, const EvalRun& run)
        : m_all(all),
          m_run(run)
    {
    }

    void Do(const Task& task, const std::function<void(double)>& progress)
    {
        const EvalCase& one = m_all.cases[task.oneCase];
        if (m_case != task.oneCase)
        {
            m_flows = FlowsOf(one);
            m_case = task.oneCase;
        }
        try
        {
            KeepAnswer(Answer(one, m_all.engines[task.engine], m_run, m_flows, progress), task.fingerprint, task.file);
        }
        catch (const NoAnswer& error)
        {
            WriteWholeFile(task.RefusalFile(), [&error](std::ostream& out) { out << error.what(); });
        }
    }

  private:
    const EvalAnswers& m_all;
    const EvalRun& m_run;
    std::size_t m_case = SIZE_MAX;
    FlowList m_flows;
};

void RunTasks(const EvalOptions& options, const EvalAnswers& all, const std::vector<Task>& tasks, std::size_t kept)
{
    EvalRun run = options.run;
    const auto total = static_cast<double>(kept + tasks.size());
    if (run.threads == 0)
    {
        run.threads = std::max(1U, std::thread::hardware_concurrency() / run.processes);
    }
    Worker worker(all, run); // copied into each process
    Progress progress("m3-eval");
    PoolWork work;
    work.program = "m3-eval";
    work.processes = run.processes;
    for (std::size_t i = 0; i < tasks.size(); i++)
    {
        work.items.push_back(i);
    }
    work.work = [&](uint64_t item, const auto& report)
    {
        RunProgram("m3-eval",
                   [&]
                   {
                       worker.Do(tasks[item], report);
                       return 0;
                   });
        return true; // what is missing is looked for afterwards
    };
    work.progress = [&](double done) { progress.Show("runs", static_cast<double>(kept) + done, total); };
    std::fflush(stdout);
    ShareAmongProcesses(work);
    progress.Clear();
}

/// Leaves out engines that have no answer for a case, since tables compare all engines on the same cases, and prints a
/// line on each. \param tasks by case and engine, left out, too \throws InputError where none is left to compare
void LeaveOutRefusing(std::vector<EvalEngine>& engines, std::vector<std::vector<Task>>& tasks)
{
    for (std::size_t e = engines.size(); e-- > 0;)
    {
        std::string why;
        std::size_t refused = 0;
        for (const std::vector<Task>& ofCase : tasks)
        {
            std::ifstream file(ofCase[e].RefusalFile());
            if (file)
            {
                why.assign(std::istreambuf_iterator<char>(file), {});
                refused++;
            }
        }
        if (refused == 0)
        {
            continue;
        }
        const std::string line = "left out of the comparison: " + engines[e].name + ", without an answer for " +
                                 std::to_string(refused) + " of " + std::to_string(tasks.size()) + " scenarios; " + why;
        if (e == 0 || engines.size() == 2)
        {
            throw InputError(line);
        }
        std::printf("%s\n", line.c_str());
        const auto place = static_cast<std::ptrdiff_t>(e);
        engines.erase(engines.begin() + place);
        for (std::vector<Task>& ofCase : tasks)
        {
            ofCase.erase(ofCase.begin() + place);
            for (std::size_t left = e; left < ofCase.size(); left++)
            {
                ofCase[left].engine--;
            }
        }
    }
}

/// \throws InputError unless all answers to a case are of the same flows
void CheckFlowsOf(const EvalAnswers& all, const std::vector<std::vector<Task>>& tasks)
{
    for (std::size_t c = 0; c < all.cases.size(); c++)
    {
        const EvalAnswer* first = nullptr;
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            const EvalAnswer* answer = all.Find(c, e);
            if (answer && first && answer->flows != first->flows)
            {
                throw InputError(
                    tasks[c][e].file,
                    0,
                    "",
                    "is for other flows than the other answers to this case: another version of the program made it; "
                    "use another folder");
            }
            first = first ? first : answer;
        }
    }
}

} // namespace

EvalAnswers RunCases(const EvalOptions& options, std::vector<EvalCase> cases, std::vector<EvalEngine> engines)
{
    if (engines.size() < 2)
    {
        throw InputError("--engines names no engine to compare with the packet engine");
    }
    OutputPaths paths;
    CheckOutput(options, paths);
    EvalAnswers all;
    all.cases = std::move(cases);
    all.engines = std::move(engines);
    SetMatrices(options, all.cases);
    std::vector<std::vector<Task>> tasks(all.cases.size());
    for (std::size_t c = 0; c < all.cases.size(); c++)
    {
        for (std::size_t e = 0; e < all.engines.size(); e++)
        {
            tasks[c].push_back({c, e, Fingerprint(all.cases[c], all.engines[e], options.run), ""});
        }
    }
    const KeepFolder folder(options.keep.empty() && !options.out.empty() ? options.out + "/kept" : options.keep);
    std::vector<Task> missing;
    std::size_t kept = 0;
    std::set<std::string> files;
    for (auto& ofCase : tasks)
    {
        for (Task& task : ofCase)
        {
            task.file = folder.File(task.fingerprint);
            if (!files.insert(task.file).second)
            {
                continue; // an engine by two names
            }
            if (std::filesystem::exists(task.file))
            {
                ReadAnswer(task.fingerprint, task.file);
                kept++;
            }
            else
            {
                if (!options.onlyKept)
                {
                    std::filesystem::remove(task.RefusalFile());
                }
                missing.push_back(task);
            }
        }
    }
    if (!options.onlyKept)
    {
        RunTasks(options, all, missing, kept);
    }
    LeaveOutRefusing(all.engines, tasks);
    for (const auto& ofCase : tasks)
    {
        all.answers.emplace_back();
        for (const Task& task : ofCase)
        {
            all.answers.back().emplace_back();
            if (std::filesystem::exists(task.file))
            {
                all.answers.back().back() = ReadAnswer(task.fingerprint, task.file);
            }
            all.missing += !all.answers.back().back();
        }
    }
    CheckFlowsOf(all, tasks);
    all.provenance = ProvenanceOf(options, all);
    return all;
}

int ExitCode(const EvalOptions& options, const EvalAnswers& answers)
{
    if (answers.missing > 0)
    {
        std::fprintf(stderr,
                     "m3-eval: %zu runs of %zu scenarios are missing; start it again to continue\n",
                     answers.missing,
                     answers.cases.size());
    }
    return answers.missing > 0 && !options.onlyKept ? 1 : 0;
}

} // namespace ns3::m3::eval
