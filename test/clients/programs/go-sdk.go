// Takes the client of the Go SDK through the steps that the runner asks for. The sibling of
// steps.mjs.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type step struct {
	Step string         `json:"step"`
	Tool string         `json:"tool"`
	Args map[string]any `json:"args"`
}

type line map[string]any

// proof sends the token with every request.
type proof struct{ token string }

func (p proof) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("Authorization", "Bearer "+p.token)
	return http.DefaultTransport.RoundTrip(request)
}

type walker struct {
	url     string
	session *mcp.ClientSession
	reports atomic.Int64
	input   *bufio.Reader
}

func main() {
	var task struct {
		URL   string `json:"url"`
		Steps []step `json:"steps"`
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &task); err != nil {
		panic(err)
	}
	walker := &walker{url: task.URL, input: bufio.NewReader(os.Stdin)}
	for _, one := range task.Steps {
		result, err := walker.take(context.Background(), one)
		if err != nil {
			result = line{"error": err.Error()}
		}
		result["step"] = one.Step
		show(result)
	}
}

func (w *walker) take(ctx context.Context, one step) (line, error) {
	if one.Step == "connect" {
		return w.connect(ctx)
	}
	if w.session == nil {
		return nil, errors.New("not connected")
	}
	switch one.Step {
	case "list":
		return w.list(ctx)
	case "progress":
		text, err := w.call(ctx, one)
		return line{"text": text, "reports": w.reports.Load()}, err
	case "cancel":
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.call(ctx, one)
		}()
		err := w.runner("calling")
		cancel()
		<-done
		return line{}, err
	case "restart":
		if err := w.runner("restarting"); err != nil {
			return nil, err
		}
	}
	text, err := w.call(ctx, one)
	return line{"text": text}, err
}

// runner tells the runner what is under way, and waits until it has done its part.
func (w *walker) runner(doing string) error {
	show(line{"step": doing})
	_, err := w.input.ReadString('\n')
	return err
}

func (w *walker) connect(ctx context.Context) (line, error) {
	options := &mcp.ClientOptions{
		ProgressNotificationHandler: func(context.Context, *mcp.ProgressNotificationClientRequest) {
			w.reports.Add(1)
		},
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "clients", Version: "1.0.0"}, options)
	transport := &mcp.StreamableClientTransport{
		Endpoint:   w.url,
		HTTPClient: &http.Client{Transport: proof{token: os.Getenv("TOKEN")}},
	}
	session, err := client.Connect(ctx, transport, nil)
	if err != nil {
		return nil, err
	}
	w.session = session
	return line{"protocol": session.InitializeResult().ProtocolVersion}, nil
}

func (w *walker) list(ctx context.Context) (line, error) {
	result, err := w.session.ListTools(ctx, nil)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, tool := range result.Tools {
		names = append(names, tool.Name)
	}
	return line{"tools": names}, nil
}

func (w *walker) call(ctx context.Context, one step) (string, error) {
	params := &mcp.CallToolParams{Meta: mcp.Meta{}, Name: one.Tool, Arguments: one.Args}
	params.SetProgressToken(one.Step)
	result, err := w.session.CallTool(ctx, params)
	if err != nil {
		return "", err
	}
	text := strings.Builder{}
	for _, part := range result.Content {
		if content, ok := part.(*mcp.TextContent); ok {
			text.WriteString(content.Text)
		}
	}
	if result.IsError {
		return "", errors.New(text.String())
	}
	return text.String(), nil
}

func show(result line) {
	text, err := json.Marshal(result)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
